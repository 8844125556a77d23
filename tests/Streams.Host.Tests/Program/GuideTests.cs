using System.Text.RegularExpressions;
using Xunit;

namespace Streams.Host.Tests.Program;

/// <summary>What the guides show works as it stands there.</summary>
public sealed partial class GuideTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streams-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_queries_of_the_query_guide_compile_and_their_examples_pass()
    {
        string name = "";
        foreach ((string language, string text) in Blocks("query-guide.md"))
        {
            if (language == "csharp") name = Write(QueryName().Match(text).Groups[1].Value, ".csx", text);
            else if (language == "yaml") Write(name, ".test.yaml", text);
        }

        Result check = Built.Run("check", "--queries", _folder);
        Result test = Built.Run("test", _folder);

        Assert.Equal(0, check.Code);
        Assert.Matches("^2 queries, [1-9][0-9]* audit rules, nothing wrong\n$", check.Error);
        Assert.Equal(0, test.Code);
        Assert.Contains("1 passed, 0 failed", test.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_examples_of_the_guide_to_examples_pass_against_the_shipped_queries()
    {
        foreach (string file in Directory.GetFiles(Path.Combine(Built.Root, "queries"), "*.csx", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(_folder, Path.GetRelativePath(Path.Combine(Built.Root, "queries"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        Write(
            "auth-failures-repeated",
            ".test.yaml",
            string.Join('\n', Blocks("query-examples.md").Where(b => b.Language == "yaml").Select(b => b.Text)));

        Result test = Built.Run("test", _folder);

        Assert.Contains("2 passed, 0 failed", test.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_README_shows_of_the_sample_is_what_the_program_prints()
    {
        Result run = Built.Run("replay", Path.Combine(Built.Root, "samples"));
        string[] shown =
        [
            .. Blocks("../README.md").Where(b => b.Language == "text").SelectMany(b => b.Text.TrimEnd().Split("\n\n"))
                .Where(b => b.Contains(" on web-01 ", StringComparison.Ordinal)),
        ];
        Assert.Equal(3, shown.Length);
        Assert.All(shown, block => Assert.Contains(block + "\n", run.Output, StringComparison.Ordinal));
        string readme = File.ReadAllText(Path.Combine(Built.Root, "README.md"));
        Assert.Contains($"prints {Alerts().Match(run.Error).Groups[1].Value} alerts", readme, StringComparison.Ordinal);
    }

    private string Write(string name, string extension, string text)
    {
        File.WriteAllText(Path.Combine(_folder, name + extension), text);
        return name;
    }

    private static IEnumerable<(string Language, string Text)> Blocks(string guide) =>
        Block().Matches(File.ReadAllText(Path.Combine(Built.Root, "docs", guide))).Select(m => (m.Groups[1].Value, m.Groups[2].Value));

    [GeneratedRegex("^alerts: ([0-9]+) ", RegexOptions.Multiline)]
    private static partial Regex Alerts();

    [GeneratedRegex(@"^```(\w+)\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex("^Query\\(\"([a-z0-9-]+)\"", RegexOptions.Multiline)]
    private static partial Regex QueryName();
}
