using Microsoft.Extensions.Logging.Abstractions;
using Streams.Audit.Netlink;
using Streams.Audit.Rules;
using Streams.Events;

namespace Streams.Live.Tests.Rules;

/// <summary>The rules that should be loaded, against the kernel.</summary>
public sealed class AuditRulesTests : IDisposable
{
    private const string Passwd = "-w /etc/passwd -p wa -k identity";
    private const string Exec = "-a always,exit -F arch=b64 -S execve -F key=exec";
    private const string Theirs = "-a always,exit -F arch=b64 -S kill -F key=theirs";

    private readonly CollectedEvents _events = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-live-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_kernel_holds_a_rule_of_ours_for_the_one_that_auditctl_loads()
    {
        using KernelAudit kernel = KernelAudit.Take();
        using var control = new AuditControl();
        RuleEnvironment environment = RuleEnvironment.OfHost(RuleMachine.Current!);
        int compared = 0;
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Rules", "x86_64.golden")))
        {
            if (line.Length == 0 || line[0] != '-' || line.Contains('"', StringComparison.Ordinal)) continue;
            KernelAudit.Control("-D");
            try
            {
                KernelAudit.Control(line.Split(' '));
            }
            catch (InvalidOperationException)
            {
                // A user, a path or an option that this host or its auditctl lacks.
                continue;
            }

            AuditRule theirs = AuditRule.Read(Assert.Single(control.ListRules()))!;
            AuditRule ours = Assert.Single(RuleReader.Read(line, "golden", environment).Rules).Rule;
            Assert.Equal(Convert.ToHexString(theirs.Bytes.Span), Convert.ToHexString(ours.Bytes.Span));
            AuditException twice = Assert.Throws<AuditException>(() => control.AddRule(ours.Message(inFront: false)));
            Assert.Equal(17, twice.Number);
            control.DeleteRule(ours.Bytes.Span);
            Assert.Empty(control.ListRules());
            control.AddRule(ours.Message(inFront: false));
            Assert.Equal(ours, AuditRule.Read(Assert.Single(control.ListRules())));
            compared++;
        }

        Assert.True(compared > 250, $"only {compared} rules were compared");
    }

    [Fact]
    public void A_rule_for_io_uring_is_listed_as_it_was_loaded()
    {
        using KernelAudit kernel = KernelAudit.Take();
        using var control = new AuditControl();
        KernelAudit.Control("-D");
        AuditRule rule = Rule("-a always,io_uring -S openat,connect -F uid=0 -k uring");
        control.AddRule(rule.Message(inFront: false));
        Assert.Equal(rule, AuditRule.Read(Assert.Single(control.ListRules())));
    }

    [Fact]
    public void The_default_rules_are_all_loaded_and_stay_when_the_collector_ends()
    {
        using KernelAudit kernel = KernelAudit.Take();
        KernelAudit.Control("-D");
        KernelAudit.Control(Theirs.Split(' '));
        using (Collector(new RuleSources()).Subscribe(_events))
        {
            _events.Wait("audit-collector-started");
            Assert.DoesNotContain(_events.All.OfType<Document>(), document => document.Action == "audit-rule-refused");
            Assert.DoesNotContain(Theirs, KernelAudit.Rules());
        }

        IReadOnlyList<string> loaded = KernelAudit.Rules();
        Assert.Contains("-a always,exit -F arch=b64 -S execve,execveat -F key=exec", loaded);
        Assert.DoesNotContain(loaded, rule => rule.Contains("key=streams-", StringComparison.Ordinal));
        Assert.True(loaded.Count > 40);
    }

    [Fact]
    public void What_somebody_adds_or_removes_is_told()
    {
        using KernelAudit kernel = KernelAudit.Take();
        KernelAudit.Control("-D");
        using IDisposable running = Collector(new RuleSources { Inline = [Passwd, Exec] }).Subscribe(_events);
        _events.Wait("audit-collector-started");
        KernelAudit.Control(Theirs.Split(' '));
        Assert.Equal(Theirs, Rule(_events.Wait("audit-rule-foreign")));
        KernelAudit.Control("-W", "/etc/passwd", "-p", "wa", "-k", "identity");
        Assert.Equal(Passwd, Rule(_events.Wait("audit-rule-missing")));
        Assert.Contains(Theirs, KernelAudit.Rules());
        Assert.DoesNotContain(Passwd, KernelAudit.Rules());
    }

    [Fact]
    public void What_somebody_removes_is_repaired_by_option()
    {
        using KernelAudit kernel = KernelAudit.Take();
        KernelAudit.Control("-D");
        using IDisposable running = Collector(new RuleSources { Inline = [Passwd, Exec] }, repair: true).Subscribe(_events);
        _events.Wait("audit-collector-started");
        KernelAudit.Control("-D");
        foreach (string rule in (string[])[Passwd, Exec])
        {
            _events.Wait<Document>(document => document.Action == "audit-rule-missing" && Rule(document) == rule);
            _events.Wait<Document>(document => document.Action == "audit-repaired" && Rule(document) == rule);
            Assert.Contains(rule, KernelAudit.Rules());
        }
    }

    [Fact]
    public void A_rule_that_the_kernel_refuses_is_told_and_the_rest_load()
    {
        using KernelAudit kernel = KernelAudit.Take();
        KernelAudit.Control("-D");
        // kernel/audit_watch.c, audit_to_watch: a watched path does not end with a slash.
        const string Refused = "-a always,exit -S all -F path=/etc/ -F perm=wa";
        using IDisposable running = Collector(new RuleSources { Inline = ["-w wrong", Refused, Exec] }).Subscribe(_events);
        _events.Wait("audit-collector-started");
        Assert.Contains(
            "collectors.audit.rules:1:4: wrong is no absolute path; it must begin with /", _events.All.OfType<Document>().Select(Reason));
        Assert.Contains(
            _events.All.OfType<Document>(),
            document => document.Action == "audit-rule-refused"
                && Reason(document)?.Contains("/etc/ is a folder, which the kernel refuses", StringComparison.Ordinal) == true);
        Assert.Contains(Exec, KernelAudit.Rules());
    }

    [Fact]
    public void A_rule_for_what_is_not_there_is_loaded_when_it_is()
    {
        using KernelAudit kernel = KernelAudit.Take();
        KernelAudit.Control("-D");
        string folder = Path.Combine(_folder.FullName, "later");
        string rule = $"-w {folder}/keys -p wa";
        using IDisposable running = Collector(new RuleSources { Inline = [rule] }).Subscribe(_events);
        _events.Wait("audit-collector-started");
        Assert.DoesNotContain(rule, KernelAudit.Rules());
        Directory.CreateDirectory(folder);
        // Whatever changes about audit is a reason to look.
        KernelAudit.Control(Theirs.Split(' '));
        _events.Wait("audit-rule-foreign");
        KernelAudit.Control(["-d", .. Theirs.Split(' ')[1..]]);
        _events.Wait<AuditEvent>(made => made.Data("op") == "remove_rule");
        Assert.Contains(rule, KernelAudit.Rules());
    }

    [Fact]
    public void A_file_that_changes_counts_at_once_and_a_wrong_one_keeps_the_rules()
    {
        using KernelAudit kernel = KernelAudit.Take();
        KernelAudit.Control("-D");
        string file = Path.Combine(_folder.FullName, "10-first.rules");
        File.WriteAllText(file, Exec + "\n");
        string all = Path.Combine(_folder.FullName, "*.rules");
        using IDisposable running = Collector(new RuleSources { Files = [all] }).Subscribe(_events);
        _events.Wait("audit-collector-started");
        File.WriteAllText(Path.Combine(_folder.FullName, "20-second.rules"), Passwd + "\n");
        _events.Wait<Document>(document => Message(document) == "the configured rules changed: 1 were loaded and 0 removed");
        Assert.Contains(Passwd, KernelAudit.Rules());

        File.WriteAllText(file, "-w wrong\n");
        Assert.Equal($"{file}:1:4: wrong is no absolute path; it must begin with /", Reason(_events.Wait("audit-rule-refused")));
        Assert.Contains(Exec, KernelAudit.Rules());
        File.Delete(file);
        _events.Wait<Document>(document => Message(document) == "the configured rules changed: 0 were loaded and 1 removed");
        Assert.DoesNotContain(Exec, KernelAudit.Rules());
        Assert.Contains(Passwd, KernelAudit.Rules());
    }

    private static AuditCollector Collector(RuleSources sources, bool repair = false)
    {
        var rules = new AuditRules(sources, RuleEnvironment.OfHost(RuleMachine.Current!), repair, TimeProvider.System, NullLogger.Instance);
        return new AuditCollector(new AuditOptions { SocketType = AuditSocketType.Unicast, Repair = repair }, TimeProvider.System, rules);
    }

    private static AuditRule Rule(string line) =>
        Assert.Single(RuleReader.Read(line, "test", RuleEnvironment.OfHost(RuleMachine.Current!)).Rules).Rule;

    private static string Rule(Document document) => document[Field.Of("streams.audit.rule")].ToString();

    private static string Message(Document document) => document[Field.Of("message")].ToString();

    private static string Reason(Document document) => document[Field.Of("streams.audit.reason")].ToString();
}
