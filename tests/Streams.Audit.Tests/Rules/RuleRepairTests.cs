using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Streams.Audit.Netlink;
using Streams.Audit.Rules;
using Streams.Events;
using Streams.Events.Input;

namespace Streams.Audit.Tests.Rules;

/// <summary>Rules that others remove or hide: what is loaded again and when, and what is reported as long as it is not.</summary>
public sealed class RuleRepairTests
{
    private const string Exec = "-a always,exit -F arch=b64 -S execve -F key=exec";
    private const string Kill = "-a always,exit -F arch=b64 -S kill -F key=kill";
    private const string Passwd = "-w /etc/passwd -p wa -k identity";
    private const string NoExec = "-a never,exit -F arch=b64 -S execve";

    private readonly FakeTimeProvider _time = new();
    private readonly FakeKernel _kernel = new();
    private readonly Notes _told = new();
    private readonly AuditReports _reports;

    public RuleRepairTests() => _reports = new AuditReports("web-1", _time, _told, () => { });

    [Fact]
    [Trait("Found", "C5")]
    public void Rules_that_are_removed_again_and_again_are_loaded_once_a_minute_in_the_end()
    {
        AuditRules rules = Loaded(repair: true, Exec, Passwd);
        Assert.Equal([.. Enumerable.Range(0, 10), 69, 129], Repairs(rules, seconds: 150));
        Assert.Single(Actions(), action => action == "audit-repair-limited");
        Assert.Equal(12, rules.State.Repairs);
    }

    [Fact]
    [Trait("Found", "C5")]
    public void What_waits_for_its_repair_is_a_fault_until_then()
    {
        AuditRules rules = Loaded(repair: true, Exec, Passwd);
        Repairs(rules, seconds: 20);
        CollectorCondition fault = Assert.Single(rules.State.Conditions);
        Assert.True(fault.IsFault);
        Assert.Equal($"1 of 2 audit rules are not loaded; they will be loaded within a minute: {Exec}.", fault.Text);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(rules.NeedCheck());
        rules.Check(_kernel, _reports);
        Assert.Empty(rules.State.Conditions);
        Assert.False(rules.NeedCheck());
    }

    [Fact]
    [Trait("Found", "C5")]
    public void Without_repair_the_alert_is_repeated_as_long_as_rules_are_missing()
    {
        AuditRules rules = Loaded(repair: false, Exec, Passwd, Kill);
        _kernel.Lose(Exec);
        _kernel.Lose(Kill);
        Assert.Equal([0, 10, 30, 70, 130], Minutes(rules, minutes: 180, "audit-rule-missing"));
        Assert.Equal([Exec, Kill], rules.State.Missing);
        _kernel.Has(Exec, Kill);
        Assert.Empty(Minutes(rules, minutes: 180, "audit-rule-missing"));
        Assert.Empty(rules.State.Conditions);
    }

    [Fact]
    [Trait("Found", "C5")]
    public void What_is_reported_again_says_how_much_is_missing()
    {
        AuditRules rules = Loaded(repair: false, Exec, Passwd);
        _kernel.Lose(Exec);
        rules.Check(_kernel, _reports);
        Actions();
        _time.Advance(TimeSpan.FromMinutes(10));
        rules.Check(_kernel, _reports);
        Assert.True(_reports.TryTake(out Event report));
        Assert.Equal("audit-rule-missing", report[Field.Of("event.action")].ToString());
        Assert.Equal(Exec, report[Field.Of("streams.audit.rule")].ToString());
        Assert.Equal("1", report[Field.Of("streams.audit.missing")].ToString());
        Assert.Equal($"1 of 2 rules are still not loaded: {Exec} …", report[Field.Of("message")].ToString());
    }

    [Fact]
    [Trait("Found", "C5")]
    public void A_rule_of_others_that_hides_ours_is_a_fault_stays_and_is_reported_again()
    {
        AuditRules rules = Loaded(repair: true, Exec, Passwd);
        _kernel.Has(NoExec);
        rules.Check(_kernel, _reports);
        Assert.Empty(rules.State.Conditions);

        // In front of ours.
        _kernel.Lose(Exec);
        Assert.Equal([0, 10, 30], Minutes(rules, minutes: 60, "audit-rule-foreign", "audit-rule-missing"));
        Assert.Contains(NoExec, _kernel.Texts);
        Assert.Contains(Exec, _kernel.Texts);
        CollectorCondition fault = Assert.Single(rules.State.Conditions);
        Assert.True(fault.IsFault);
        Assert.Equal(
            "1 audit rule of others keeps events from being recorded; add to the configuration what is meant, remove the rest with "
            + $"auditctl: {NoExec}.",
            fault.Text);
    }

    [Fact]
    [Trait("Found", "C5")]
    public void Rules_of_another_daemon_that_hide_something_are_a_note()
    {
        _kernel.HasOtherOwner = true;
        _kernel.Has(NoExec);
        AuditRules rules = Rules(repair: true, Exec);
        rules.Load(_kernel, _reports);
        Assert.Equal(
            [CollectorCondition.Note($"1 rule of the other audit daemon may keep events from being recorded: {NoExec}.")],
            rules.State.Conditions);
    }

    [Theory]
    [Trait("Found", "C5")]
    [InlineData("refused", true, $"The kernel refuses 1 audit rule; leave out what it does not support: {Exec} "
        + "(the kernel refuses to load the rule: EINVAL (Invalid argument)).")]
    [InlineData("wrong", true, "1 mistake in the audit rules: what is wrong is not loaded: collectors.audit.rules:2:4: "
        + "passwd is no absolute path; it must begin with /.")]
    [InlineData("waiting", false, $"1 audit rule will be loaded when the path is there: {Passwd}.")]
    [InlineData("locked", true, "2 of 2 audit rules are not loaded and cannot be before the next boot: audit is locked: "
        + $"{Exec}; {Passwd}.")]
    public void What_cannot_be_loaded_is_known_with_its_reason(string why, bool isFault, string expected)
    {
        string[] lines = [Exec, Passwd];
        if (why == "refused") _kernel.Refused[Exec] = FakeKernel.Einval;
        if (why == "wrong") lines[1] = "-w passwd";
        if (why == "waiting") _kernel.Refused[Passwd] = FakeKernel.Enoent;
        if (why == "locked") _kernel.IsLocked = true;
        AuditRules rules = Rules(repair: true, lines);
        rules.Load(_kernel, _reports);
        Assert.Equal([new CollectorCondition(isFault, expected)], rules.State.Conditions);
    }

    private AuditRules Rules(bool repair, params string[] lines) =>
        new(new RuleSources { Inline = lines }, TestEnvironment.On(RuleMachine.X8664), repair, _time, NullLogger.Instance, 77);

    private AuditRules Loaded(bool repair, params string[] lines)
    {
        AuditRules rules = Rules(repair, lines);
        rules.Load(_kernel, _reports);
        _kernel.Requests.Clear();
        Actions();
        return rules;
    }

    // Somebody removes a rule every second, and the rules are looked at: in which seconds it is loaded again.
    private List<int> Repairs(AuditRules rules, int seconds)
    {
        var repairs = new List<int>();
        for (int second = 0; second < seconds; second++)
        {
            if (_kernel.Texts.Contains(Exec)) _kernel.Lose(Exec);
            rules.Check(_kernel, _reports);
            if (_kernel.Texts.Contains(Exec)) repairs.Add(second);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        return repairs;
    }

    private List<int> Minutes(AuditRules rules, int minutes, params string[] actions)
    {
        var reports = new List<int>();
        for (int minute = 0; minute < minutes; minute++)
        {
            rules.Check(_kernel, _reports);
            if (Actions().Intersect(actions).Any()) reports.Add(minute);
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        return reports;
    }

    private List<string> Actions()
    {
        var actions = new List<string>();
        while (_reports.TryTake(out Event report)) actions.Add(report[Field.Of("event.action")].ToString());
        return actions;
    }
}
