using Streams.Audit.Rules;
using Xunit;

namespace Streams.Host.Tests.Reach;

/// <summary>Queries that cannot fire here, and what is wrong with what a query says of itself.</summary>
public sealed class CannotFireTests : IDisposable
{
    private const string Audit = "\"files\": { \"enabled\": false }";
    private const string AtOpt = "From((audit, files) => files.Changes.Where(f => f.Path.StartsWith(\"/opt/app/\"))).Alert(f => f.Path)";

    private static readonly string OnStreams =
        $"From(audit => audit.Syscalls(\"{string.Join("\", \"", SelfRules.GuardedCalls)}\")).Alert(e => e.Host)";

    private readonly string _folder = Directory.CreateTempSubdirectory("streams-reach-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // The collectors of the configuration, a query, why it cannot fire; null when it can.
    public static TheoryData<string, string, string?> Cases => new()
    {
        { "", "From(audit => audit.Executions).Alert(e => e.Host)", null },
        { "", "From(audit => audit.Syscalls(\"tgkill\")).Alert(e => e.Host)", "no configured audit rule records tgkill" },
        {
            "\"audit\": { \"rules\": [\"-a always,exit -F arch=b64 -S tgkill\"] }",
            "From(audit => audit.Syscalls(\"tgkill\")).Alert(e => e.Host)", null
        },
        { "\"audit\": { \"rules\": [\"-w /etc/passwd -p wa\"] }", OnStreams, null },
        { "\"audit\": { \"enabled\": false }", OnStreams, "kernel audit is off in the configuration" },
        {
            "", "Rules(\"-w /opt/app -p wa -k app\").From(audit => audit.FileChanges).Alert(e => e.Host)",
            "its audit rules are not configured: -w /opt/app -p wa -k app"
        },
        { "", "Rules(\"-w /etc/ssh/sshd_config -p wa\").From(audit => audit.FileChanges).Alert(e => e.Host)", null },
        { "", "Rules(\"-a always,exit -F arch=b64 -S connect -F saddr_fam=2\").From(audit => audit.Connections).Alert(e => e.Host)", null },
        { "", AtOpt, "/opt/app/ is not among collectors.files.paths" },
        { "\"files\": { \"paths\": [\"/opt/app\"] }", AtOpt, null },
        { "\"files\": { \"paths\": [\"/opt/app/conf\"] }", AtOpt, null },
        { "", "From((audit, files) => files.Changes.Where(f => f.Path == \"/etc/hosts\")).Alert(f => f.Path)", null },
        {
            "", "From((audit, files) => files.Changes.Where(\"file.path:\\\\/srv\\\\/www\\\\/*\")).Alert(f => f.Path)",
            "/srv/www/ is not among collectors.files.paths"
        },
        {
            Audit, "From((audit, files) => files.Changes).Alert(f => f.Path)", "file changes are off in the configuration"
        },
        { Audit, "From((audit, files) => Observable.Merge<Event>(audit.Executions, files.Changes)).Alert(e => e.Host)", null },
        {
            "\"audit\": { \"enabled\": false }", "From(audit => audit.Executions).Alert(e => e.Host)",
            "kernel audit is off in the configuration"
        },
        {
            "\"audit\": { \"enabled\": false }", "From((audit, files, host) => host.Documents(\"audit-rule-missing\")).Alert(d => d.Host)",
            "kernel audit is off in the configuration"
        },
        { "\"audit\": { \"enabled\": false }", "From((audit, files, host) => host.Gaps).Alert(g => g.Host)", null },
        {
            "\"audit\": { \"rules\": [\"-a always,exclude -F msgtype=USER_AUTH\"] }",
            "From(audit => audit.Records(\"USER_AUTH\")).Alert(e => e.Host)", "the audit rules exclude USER_AUTH"
        },
    };

    [Theory]
    [Trait("Found", "R5")]
    [MemberData(nameof(Cases))]
    public void Check_names_the_queries_that_cannot_fire_and_why(string collectors, string query, string? reason)
    {
        Result run = Check(collectors, query);
        Assert.Equal(0, run.Code);
        if (reason is null) Assert.DoesNotContain("cannot fire", run.Error, StringComparison.Ordinal);
        else Assert.Contains($"warning: it cannot fire: {reason}", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Found", "R5")]
    [InlineData("Rules(\"hello\")", "q.csx:1: Rules(\"hello\"): hello belongs to no option")]
    [InlineData("Rules(\"-w relative -p wa\")", "q.csx:1: Rules(\"-w relative -p wa\"): relative is no absolute path")]
    [InlineData("Attack(\"T99\")", "q.csx:1: Attack(\"T99\"): an ATT&CK technique is T and four digits")]
    [InlineData("Attack(\"T1059.4\")", "q.csx:1: Attack(\"T1059.4\"): an ATT&CK technique is T and four digits")]
    [InlineData("Attack(\"T1059.004\")", null)]
    public void Check_finds_a_wrong_rule_and_a_wrong_technique(string words, string? expected)
    {
        Result run = Check("", $"{words}.From(audit => audit.All).Alert(e => e.Host)");
        Assert.Equal(expected is null ? 0 : 2, run.Code);
        Assert.Contains(expected ?? "", run.Output, StringComparison.Ordinal);
    }

    private Result Check(string collectors, string query)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "queries"));
        string config = Path.Combine(_folder, "streams.config.json");
        File.WriteAllText(config, $$"""{ "queries": "queries", "collectors": { {{collectors}} } }""");
        File.SetUnixFileMode(config, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(Path.Combine(_folder, "queries", "q.csx"), $"Query(\"it\", Severity.Low, \"x\").{query};\n");
        return Built.Run("check", "--config", config);
    }
}
