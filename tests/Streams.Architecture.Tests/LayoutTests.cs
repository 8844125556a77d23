using System.Globalization;
using Xunit;

namespace Streams.Architecture.Tests;

/// <summary>What stands at the top of the repository.</summary>
public class LayoutTests
{
    private static readonly string[] Folders = ["engine", "collectors", "sinks", "queries", "tests", "docs", "samples"];

    private static readonly string[] Files =
    [
        "Streams.sln", "streams.config.json", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE",
        "Directory.Build.props", "Directory.Packages.props", "global.json", "streams", "test",
    ];

    [Fact]
    public void The_top_level_holds_nothing_else()
    {
        IEnumerable<string> folders = Directory.EnumerateDirectories(Repository.Root).Select(path => Path.GetFileName(path)!);
        IEnumerable<string> files = Directory.EnumerateFiles(Repository.Root).Select(path => Path.GetFileName(path)!);
        Assert.Empty(folders.Where(IsVisible).Except(Folders));
        Assert.Empty(files.Where(IsVisible).Except(Files));
    }

    [Theory]
    [InlineData("streams")]
    [InlineData("test")]
    [InlineData(".ci/run")]
    public void What_is_to_be_run_is_executable(string file)
    {
        Assert.True((File.GetUnixFileMode(Path.Combine(Repository.Root, file)) & UnixFileMode.UserExecute) != 0);
    }

    [Fact]
    public void A_project_is_named_like_its_folder()
    {
        foreach (string file in Repository.Projects.Values.Concat(Repository.TestProjects.Values))
        {
            Assert.Equal(Path.GetFileName(Path.GetDirectoryName(file)), Path.GetFileNameWithoutExtension(file));
        }
    }

    // A record in a test stays one line, however long it is.
    [Theory]
    [InlineData("engine")]
    [InlineData("collectors")]
    [InlineData("sinks")]
    [InlineData("queries")]
    public void No_line_is_longer_than_editors_are_told(string folder)
    {
        const string key = "max_line_length = ";
        string limit = File.ReadLines(Path.Combine(Repository.Root, ".editorconfig"))
            .Single(line => line.StartsWith(key, StringComparison.Ordinal));
        int most = int.Parse(limit[key.Length..], CultureInfo.InvariantCulture);
        Assert.Empty(
            from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs*", SearchOption.AllDirectories)
            where Path.GetExtension(file) is ".cs" or ".csx"
            where !file[Repository.Root.Length..].Split('/').Any(name => name is "bin" or "obj")
            from line in File.ReadLines(file).Index()
            where line.Item.Length > most
            select $"{Path.GetRelativePath(Repository.Root, file)}:{line.Index + 1}");
    }

    // bin and obj of a project, .git and .build are not the repository's; what programs leave here while they run is theirs.
    private static bool IsVisible(string name) =>
        !name.StartsWith('.') && name is not ("bin" or "obj" or "TestResults" or "BenchmarkDotNet.Artifacts");
}
