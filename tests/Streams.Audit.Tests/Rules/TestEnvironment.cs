using Streams.Audit.Rules;

namespace Streams.Audit.Tests.Rules;

/// <summary>A host with a few users and folders.</summary>
internal static class TestEnvironment
{
    private static readonly Dictionary<string, uint> Users = new() { ["root"] = 0, ["daemon"] = 1, ["nobody"] = 65534 };

    private static readonly Dictionary<string, uint> Groups = new() { ["root"] = 0, ["adm"] = 4, ["shadow"] = 42 };

    private static readonly HashSet<string> Folders = ["/", "/etc", "/etc/ssh", "/proc", "/tmp", "/usr/bin"];

    public static RuleEnvironment On(RuleMachine machine) => new()
    {
        Machine = machine,
        User = name => Users.TryGetValue(name, out uint id) ? id : null,
        Group = name => Groups.TryGetValue(name, out uint id) ? id : null,
        IsFolder = Folders.Contains,
    };

    /// <summary>The rule of a line on x86_64, which must have nothing wrong.</summary>
    public static AuditRule Rule(string line)
    {
        RuleSet set = RuleReader.Read(line, "a.rules", On(RuleMachine.X8664));
        Assert.DoesNotContain(set.Problems, problem => problem.IsError);
        return Assert.Single(set.Rules).Rule;
    }
}
