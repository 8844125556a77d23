using System.Xml.Linq;

namespace Streams.Architecture.Tests;

/// <summary>The files of the repository that this test was built in.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Every project of the product, name to file; not those that the compiler loads into itself.</summary>
    public static IReadOnlyDictionary<string, string> Projects { get; } = ProjectsIn("engine", "collectors", "sinks")
        .Where(project => !File.ReadAllText(project.Value).Contains("<IsRoslynComponent>", StringComparison.Ordinal))
        .ToDictionary();

    /// <summary>Every project of the tests.</summary>
    public static IReadOnlyDictionary<string, string> TestProjects { get; } = ProjectsIn("tests");

    /// <summary>The names of the projects that a project file refers to.</summary>
    public static IEnumerable<string> References(string projectFile) =>
        XDocument.Load(projectFile).Descendants("ProjectReference")
            .Where(reference => (string?)reference.Attribute("OutputItemType") != "Analyzer")
            .Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!));

    /// <summary>The names of the packages that a project file refers to; not those that only check its source.</summary>
    public static IEnumerable<string> Packages(string projectFile) =>
        XDocument.Load(projectFile).Descendants("PackageReference").Select(reference => (string)reference.Attribute("Include")!)
            .Where(name => !name.EndsWith("Analyzers", StringComparison.Ordinal));

    private static Dictionary<string, string> ProjectsIn(params string[] folders) => folders
        .Select(folder => Path.Combine(Root, folder))
        .Where(Directory.Exists)
        .SelectMany(folder => Directory.EnumerateDirectories(folder))
        .SelectMany(folder => Directory.EnumerateFiles(folder, "*.csproj"))
        .ToDictionary(file => Path.GetFileNameWithoutExtension(file));

    private static string FindRoot()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Streams.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"no Streams.sln above {AppContext.BaseDirectory}");
        }

        return folder.FullName;
    }
}
