using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Xunit;

namespace Streams.Architecture.Tests;

/// <summary>The arrows between the projects go one way.</summary>
public class ArrowTests
{
    // What each project may refer to, directly or not. A new project is entered here when it is made.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Streams.Events"] = [],
        ["Streams.Engine"] = ["Streams.Events"],
        ["Streams.Scripting"] = ["Streams.Engine", "Streams.Events"],
        ["Streams.Journal"] = ["Streams.Events"],
        ["Streams.Audit"] = ["Streams.Events"],
        ["Streams.Files"] = ["Streams.Events"],
        ["Streams.Notify"] = ["Streams.Events"],
        ["Streams.Host"] =
        [
            "Streams.Events", "Streams.Journal", "Streams.Engine", "Streams.Scripting", "Streams.Audit", "Streams.Files", "Streams.Notify",
        ],
    };

    // Packages that belong to some projects alone: only they may refer to what begins like this.
    private static readonly Dictionary<string, string[]> PackageOwners = new()
    {
        ["Microsoft.CodeAnalysis"] = ["Streams.Scripting"],
        ["System.Reactive"] = ["Streams.Engine", "Streams.Scripting"],
        ["System.CommandLine"] = ["Streams.Host"],
        ["BouncyCastle"] = ["Streams.Files"],
        ["Microsoft.Data.Sqlite"] = ["Streams.Files"],
        ["MessagePack"] = ["Streams.Events"],
        ["System.IO.Hashing"] = ["Streams.Journal", "Streams.Files", "Streams.Audit"],
        ["OpenTelemetry"] = ["Streams.Host"],
        ["Prometheus"] = ["Streams.Host"],
        ["YamlDotNet"] = ["Streams.Host"],
        ["Microsoft.Extensions.Logging"] = ["Streams.Audit", "Streams.Files", "Streams.Notify", "Streams.Host"],
        ["ZstdSharp"] = ["Streams.Audit"],
    };

    public static TheoryData<string> ProjectNames => [.. Repository.Projects.Keys];

    [Theory]
    [MemberData(nameof(ProjectNames))]
    public void A_project_refers_only_to_the_projects_that_it_may(string project)
    {
        Assert.True(Allowed.TryGetValue(project, out string[]? allowed), $"{project} is new: say in ArrowTests what it may refer to");
        Assert.Empty(Repository.References(Repository.Projects[project]).Except(allowed));
    }

    [Theory]
    [MemberData(nameof(ProjectNames))]
    public void A_compiled_assembly_refers_only_to_the_assemblies_that_it_may(string project)
    {
        string[] references = AssemblyReferences(project);
        Assert.Contains("System.Runtime", references);
        Assert.Empty(references.Where(name => name.StartsWith("Streams.", StringComparison.Ordinal)).Except(Allowed[project]));
    }

    [Theory]
    [MemberData(nameof(ProjectNames))]
    public void A_package_stays_with_the_projects_that_it_belongs_to(string project)
    {
        string[] used = [.. Repository.Packages(Repository.Projects[project]), .. AssemblyReferences(project)];
        foreach ((string package, string[] owners) in PackageOwners)
        {
            if (!owners.Contains(project)) Assert.DoesNotContain(used, name => name.StartsWith(package, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("Streams.Events")]
    [InlineData("Streams.Engine")]
    public void The_core_opens_no_socket(string project)
    {
        if (!Repository.Projects.ContainsKey(project)) Assert.Skip("not there yet");
        Assert.DoesNotContain(
            AssemblyReferences(project), name => name is "System.Net.Sockets" or "System.Net.Http" or "System.Net.Security");
    }

    [Fact]
    public void Each_project_stands_in_the_solution()
    {
        string solution = File.ReadAllText(Path.Combine(Repository.Root, "Streams.sln"));
        IEnumerable<string> files = Repository.Projects.Values.Concat(Repository.TestProjects.Values);
        Assert.All(files, file => Assert.Contains($"\\{Path.GetFileName(file)}\"", solution, StringComparison.Ordinal));
    }

    private static string[] AssemblyReferences(string project)
    {
        string file = Path.Combine(AppContext.BaseDirectory, project == "Streams.Host" ? "streams.dll" : $"{project}.dll");
        using var image = new PEReader(File.OpenRead(file));
        MetadataReader metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }
}
