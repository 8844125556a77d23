using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Streams.Audit.Netlink;
using Streams.Audit.Rules;
using Streams.Events;

namespace Streams.Audit.Tests.Rules;

public sealed class AuditRulesTests : IDisposable
{
    private const string Self = "-a never,exit -S all -F pid=77 -F key=streams-self";
    private const string Children = "-a never,exit -S all -F ppid=77 -F key=streams-self";
    private const string Exec = "-a always,exit -F arch=b64 -S execve -F key=exec";
    private const string Kill = "-a always,exit -F arch=b64 -S kill -F key=kill";
    private const string Passwd = "-w /etc/passwd -p wa -k identity";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-rules-");
    private readonly FakeTimeProvider _time = new();
    private readonly FakeKernel _kernel = new();
    private readonly Notes _told = new();
    private readonly AuditReports _reports;

    public AuditRulesTests() => _reports = new AuditReports("web-1", TimeProvider.System, _told, () => { });

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void At_the_start_the_loaded_rules_become_those_that_are_written_and_new_ones_come_before_old_ones_go()
    {
        _kernel.Has(Kill, "-a never,exit -S all -F pid=76 -F key=streams-self", Passwd);
        Rules(Exec, Passwd).Load(_kernel, _reports);
        Assert.Equal(
            [$"^ {Children}", $"^ {Self}", $"+ {Exec}", $"- {Kill}", "- -a never,exit -S all -F pid=76 -F key=streams-self"],
            _kernel.Requests);
        Assert.Equal([Self, Children, Passwd, Exec], _kernel.Texts);
        Assert.Equal(
            [
                ("audit-rules-changed", Kill),
                ("audit-rules-changed", null),
            ],
            Reports());
    }

    [Fact]
    public void What_is_as_it_should_be_is_left_alone_and_told_once()
    {
        AuditRules rules = Loaded(Exec, Passwd);
        rules.Check(_kernel, _reports);
        rules.Check(_kernel, _reports);
        Assert.Empty(_kernel.Requests);
        Assert.Empty(Reports());
    }

    [Fact]
    public void A_rule_that_the_kernel_refuses_is_reported_and_the_rest_load()
    {
        _kernel.Refused[Exec] = FakeKernel.Einval;
        AuditRules rules = Rules(Exec, Passwd);
        rules.Load(_kernel, _reports);
        Assert.Equal([Self, Children, Passwd], _kernel.Texts);
        Assert.Equal([("audit-rule-refused", Exec), ("audit-rules-changed", null)], Reports());
        rules.Check(_kernel, _reports);
        Assert.Empty(Reports());
    }

    [Fact]
    public void A_line_that_is_wrong_is_reported_and_the_rest_load()
    {
        Rules("-w passwd", Passwd).Load(_kernel, _reports);
        Assert.Equal([Self, Children, Passwd], _kernel.Texts);
        Assert.Equal([("audit-rule-refused", null), ("audit-rules-changed", null)], Reports());
    }

    [Fact]
    public void A_rule_that_somebody_adds_stays_and_is_told_once()
    {
        AuditRules rules = Loaded(Exec);
        _kernel.Has(Kill);
        rules.Check(_kernel, _reports);
        rules.Check(_kernel, _reports);
        Assert.Equal([("audit-rule-foreign", Kill)], Reports());
        Assert.Empty(_kernel.Requests);
        _kernel.Lose(Kill);
        rules.Check(_kernel, _reports);
        _kernel.Has(Kill);
        rules.Check(_kernel, _reports);
        Assert.Equal([("audit-rule-foreign", Kill)], Reports());
    }

    [Fact]
    public void A_rule_that_somebody_removes_is_told_once_and_left_out()
    {
        AuditRules rules = Loaded(Exec, Passwd);
        _kernel.Lose(Exec);
        rules.Check(_kernel, _reports);
        rules.Check(_kernel, _reports);
        Assert.Equal([("audit-rule-missing", Exec)], Reports());
        Assert.Empty(_kernel.Requests);
    }

    [Theory]
    [InlineData(1, "audit: the rule -w /etc/0 -p wa is not loaded any more")]
    [InlineData(3, "audit: 3 rules are not loaded any more: -w /etc/0 -p wa; -w /etc/1 -p wa; -w /etc/2 -p wa")]
    [InlineData(50, "audit: 50 rules are not loaded any more: -w /etc/0 -p wa; -w /etc/1 -p wa; -w /etc/2 -p wa; and 47 more")]
    public void Rules_that_are_removed_at_once_are_an_event_each_and_one_line_in_the_log(int removed, string line)
    {
        string[] lines = [.. Enumerable.Range(0, 60).Select(i => $"-w /etc/{i} -p wa")];
        AuditRules rules = Loaded(lines);
        Assert.NotEmpty(_told.Taken.ToArray());
        foreach (string rule in lines.Take(removed)) _kernel.Lose(rule);
        rules.Check(_kernel, _reports);
        Assert.Equal([line], _told.Taken);
        Assert.Equal(lines.Take(removed).Select(rule => ("audit-rule-missing", (string?)rule)), Reports());
    }

    [Fact]
    public void A_rule_that_somebody_removes_is_repaired_by_option_each_time()
    {
        AuditRules rules = Loaded(repair: true, Exec, Passwd);
        for (int time = 0; time < 2; time++)
        {
            _kernel.Lose(Exec);
            rules.Check(_kernel, _reports);
            Assert.Equal([("audit-rule-missing", Exec), ("audit-repaired", Exec)], Reports());
            Assert.Contains(Exec, _kernel.Texts);
        }
    }

    [Fact]
    public void A_repair_removes_nothing_of_others()
    {
        AuditRules rules = Loaded(repair: true, Exec);
        _kernel.Has(Kill);
        _kernel.Lose(Exec);
        rules.Check(_kernel, _reports);
        Assert.Equal([Self, Children, Kill, Exec], _kernel.Texts);
    }

    [Fact]
    public void Rules_in_another_order_are_told_and_by_option_put_right()
    {
        AuditRules rules = Loaded(repair: true, Exec);
        _kernel.Lose(Self);
        _kernel.Has(Self);
        rules.Check(_kernel, _reports);
        Assert.Equal([("audit-rules-changed", null), ("audit-repaired", null)], Reports());
        Assert.Equal(Exec, _kernel.Texts.Last());
        Assert.Equal([$"- {Self}", $"^ {Self}"], _kernel.Requests);
    }

    [Fact]
    public void A_rule_for_what_is_not_there_is_loaded_when_it_is()
    {
        _kernel.Refused[Passwd] = FakeKernel.Enoent;
        AuditRules rules = Rules(Exec, Passwd);
        rules.Load(_kernel, _reports);
        Reports();
        rules.Check(_kernel, _reports);
        Assert.DoesNotContain(Passwd, _kernel.Texts);
        _kernel.Refused.Clear();
        rules.Check(_kernel, _reports);
        Assert.Contains(Passwd, _kernel.Texts);
        Assert.Empty(Reports());
    }

    [Fact]
    public void While_the_rules_are_locked_they_are_compared_and_nothing_is_changed()
    {
        _kernel.IsLocked = true;
        _kernel.Has(Kill, Self, Children);
        AuditRules rules = Rules(Exec);
        rules.Load(_kernel, _reports);
        rules.Check(_kernel, _reports);
        Assert.Empty(_kernel.Requests);
        Assert.Equal([("audit-rule-foreign", Kill), ("audit-rule-missing", Exec)], Reports());
    }

    [Theory]
    [InlineData(false, "no", "was added by somebody", "is not loaded any more")]
    [InlineData(true, "yes", "is loaded but not configured", "cannot be loaded before the next boot: audit is locked")]
    public void What_is_told_of_a_rule_is_no_more_than_is_known_under_a_lock(bool isLocked, string locked, string foreign, string missing)
    {
        AuditRules rules = Loaded(Exec);
        _kernel.Has(Kill);
        _kernel.Lose(Exec);
        _kernel.IsLocked = isLocked;
        rules.Check(_kernel, _reports);
        foreach ((string rule, string what) in new[] { (Kill, foreign), (Exec, missing) })
        {
            Assert.True(_reports.TryTake(out Event report));
            Assert.Equal($"the rule {rule} {what}", report[Field.Of("message")].ToString());
            Assert.Equal(locked, report[Field.Of("streams.audit.locked")].ToString());
        }
    }

    [Fact]
    public void Beside_another_daemon_its_rules_stay()
    {
        _kernel.HasOtherOwner = true;
        _kernel.Has(Kill);
        AuditRules rules = Rules(Exec);
        rules.Load(_kernel, _reports);
        rules.Check(_kernel, _reports);
        Assert.Contains(Kill, _kernel.Texts);
        Assert.Contains(Exec, _kernel.Texts);
        Assert.Equal([("audit-rules-changed", null)], Reports());
    }

    [Fact]
    public void A_file_that_changes_counts_and_what_others_added_stays()
    {
        string file = Write("10-a.rules", Exec);
        var rules = new AuditRules(
            new RuleSources { Files = [Path.Combine(_folder.FullName, "*.rules")] }, TestEnvironment.On(RuleMachine.X8664), false,
            TimeProvider.System, NullLogger.Instance, 77);
        rules.Load(_kernel, _reports);
        _kernel.Has("-w /etc/theirs -p wa");
        rules.Check(_kernel, _reports);
        Reports();
        File.WriteAllText(file, Kill + "\n");
        Write("20-b.rules", Passwd);
        rules.Check(_kernel, _reports);
        Assert.Equal([Self, Children, "-w /etc/theirs -p wa", Kill, Passwd], _kernel.Texts);
        Assert.Equal([("audit-rules-changed", Exec), ("audit-rules-changed", null)], Reports());
    }

    [Fact]
    public void A_file_that_cannot_be_read_any_more_removes_no_rule()
    {
        string file = Write("a.rules", Exec);
        var rules = new AuditRules(
            new RuleSources { Files = [file] }, TestEnvironment.On(RuleMachine.X8664), false, TimeProvider.System, NullLogger.Instance, 77);
        rules.Load(_kernel, _reports);
        Reports();
        File.Delete(file);
        rules.Check(_kernel, _reports);
        rules.Check(_kernel, _reports);
        Assert.Contains(Exec, _kernel.Texts);
        Assert.Equal([("audit-rule-refused", null)], Reports());
    }

    [Fact]
    public void A_change_that_is_wrong_keeps_the_rules_and_counts_when_it_is_mended()
    {
        string file = Write("a.rules", Exec);
        var rules = new AuditRules(
            new RuleSources { Files = [file] }, TestEnvironment.On(RuleMachine.X8664), false, TimeProvider.System, NullLogger.Instance, 77);
        rules.Load(_kernel, _reports);
        Reports();
        Write("a.rules", $"-w passwd\n{Kill}");
        rules.Check(_kernel, _reports);
        rules.Check(_kernel, _reports);
        Assert.Equal([Self, Children, Exec], _kernel.Texts);
        Assert.Equal([("audit-rule-refused", null)], Reports());
        Write("a.rules", $"{Passwd}\n{Kill}");
        rules.Check(_kernel, _reports);
        Assert.Equal([Self, Children, Passwd, Kill], _kernel.Texts);
    }

    [Fact]
    public void A_line_that_was_wrong_from_the_start_keeps_no_later_change_out()
    {
        string file = Write("a.rules", $"-w passwd\n{Exec}");
        var rules = new AuditRules(
            new RuleSources { Files = [file] }, TestEnvironment.On(RuleMachine.X8664), false, TimeProvider.System, NullLogger.Instance, 77);
        rules.Load(_kernel, _reports);
        Write("a.rules", $"{Kill}\n-w passwd");
        rules.Check(_kernel, _reports);
        Assert.Equal([Self, Children, Kill], _kernel.Texts);
    }

    [Fact]
    public void A_file_that_others_may_write_is_not_read()
    {
        string file = Write("a.rules", Exec);
        var sources = new RuleSources
        {
            Files = [file],
            Inline = [Kill],
            Distrust = path => path == file ? "everybody may write it" : null,
        };
        RuleSet set = sources.Read(TestEnvironment.On(RuleMachine.X8664), out bool isWhole);
        Assert.False(isWhole);
        Assert.Equal([Kill], set.Rules.Select(rule => rule.Rule.Text(RuleMachine.X8664)));
        Assert.Equal($"{file}: everybody may write it", Assert.Single(set.Problems).ToString());
    }

    [Fact]
    public void Files_are_read_behind_the_inline_rules_in_the_order_of_their_names()
    {
        Write("b.rules", "-w /etc/b");
        Write("a.rules", "-w /etc/a");
        Write("B.rules", "-w /etc/B");
        Write("c.txt", "-w /etc/c");
        var sources = new RuleSources { Files = [Path.Combine(_folder.FullName, "*.rules")], Inline = ["-w /etc/0"] };
        RuleSet set = sources.Read(TestEnvironment.On(RuleMachine.X8664), out _);
        Assert.Equal(["/etc/0", "/etc/B", "/etc/a", "/etc/b"], set.Rules.Select(rule => rule.Rule.Fields[0].Text));
    }

    [Fact]
    public void An_empty_list_and_no_file_are_no_rules_and_nothing_is_the_default_set()
    {
        Assert.True(new RuleSources { Inline = [] }.AreNone);
        Assert.False(new RuleSources().AreNone);
        Assert.False(new RuleSources { Inline = [], Files = ["a"] }.AreNone);
    }

    [Theory]
    [InlineData("x86_64")]
    [InlineData("aarch64")]
    public void The_default_set_compiles(string machine)
    {
        RuleSet set = new RuleSources().Read(TestEnvironment.On(RuleMachine.Find(machine)!), out _);
        Assert.Empty(set.Problems);
        Assert.True(set.Rules.Count > 50);
    }

    private AuditRules Rules(params string[] lines) => Rules(repair: false, lines);

    private AuditRules Rules(bool repair, params string[] lines) =>
        new(new RuleSources { Inline = lines }, TestEnvironment.On(RuleMachine.X8664), repair, _time, NullLogger.Instance, 77);

    private AuditRules Loaded(params string[] lines) => Loaded(repair: false, lines);

    private AuditRules Loaded(bool repair, params string[] lines)
    {
        AuditRules rules = Rules(repair, lines);
        rules.Load(_kernel, _reports);
        _kernel.Requests.Clear();
        Reports();
        return rules;
    }

    private List<(string Action, string? Rule)> Reports()
    {
        var reports = new List<(string, string?)>();
        while (_reports.TryTake(out Event report))
        {
            string? rule = report[Field.Of("streams.audit.rule")] is { IsMissing: false } value ? value.ToString() : null;
            reports.Add((report[Field.Of("event.action")].ToString(), rule));
        }

        return reports;
    }

    private string Write(string name, string rules)
    {
        string file = Path.Combine(_folder.FullName, name);
        File.WriteAllText(file, rules + "\n");
        return file;
    }
}
