using Microsoft.Extensions.Logging.Abstractions;
using Streams.Audit.Netlink;
using Streams.Audit.Rules;
using Streams.Audit.Tests.Rules;

namespace Streams.Audit.Tests.Netlink;

/// <summary>Audit that is locked until the next boot (enabled = 2): by whom, and when.</summary>
public sealed class LockedAuditTests : IDisposable
{
    private const string Exec = "-a always,exit -F arch=b64 -S execve -F key=exec";
    private const string Kill = "-a always,exit -F arch=b64 -S kill -F key=kill";
    private const string Passwd = "-w /etc/passwd -p wa -k identity";
    private const string Nowhere = "-w /root/.ssh -p wa -k keys";
    private const string Earlier = "-a never,exit -S all -F pid=76 -F key=streams-self";
    private const string Daemon = "audit: Streams is the audit daemon (unicast): rules are configured";
    private const string Along = "audit: Streams reads along (multicast): audit is locked until the next boot";
    private const string NothingIsChanged = "; audit is locked until the next boot, so nothing is changed";
    private const string CannotBeLoaded = " cannot be loaded before the next boot: audit is locked";
    private const string OtherRule = $"audit: the rule {Kill} is loaded but not configured";
    private const string NoRules = $"audit: 2 rules{CannotBeLoaded}: {Exec}; {Passwd}";
    private const string Loaded = "audit: 4 rules were loaded";
    private const string Locked =
        "audit: enabled is 2: somebody has locked audit, so that rules and settings stay until the next boot";
    private const string SettingsStay =
        ": failure is 1 and not 0, backlog_limit is 64 and not 65536, backlog_wait_time is 15000 and not 0";

    private readonly FakeAudit _kernel = new();
    private readonly Notes _told = new();
    private readonly string _file = Path.GetTempFileName();
    private readonly AuditReports _reports;

    public LockedAuditTests() => _reports = new AuditReports("web-1", TimeProvider.System, _told, () => { });

    public void Dispose() => File.Delete(_file);

    public enum LockedBy
    {
        /// <summary>Before the start, by an earlier run of ours: everything is as it should be.</summary>
        EarlierRun,

        /// <summary>Before the start, by somebody whose rules and settings are other ones.</summary>
        OtherBefore,

        /// <summary>By somebody while the settings are set.</summary>
        OtherWhileSetting,

        /// <summary>By somebody while the rules are loaded.</summary>
        OtherWhileLoading,

        /// <summary>By somebody, later.</summary>
        OtherLater,

        /// <summary>By somebody, later, who has set a rate limit and removed a rule before.</summary>
        OtherAfterChanges,

        /// <summary>By the option.</summary>
        Us,
    }

    // Who locks it; whether immutable is set; whether we are the audit daemon then; what is told.
    public static TheoryData<LockedBy, bool, bool, string[]> Cases => new()
    {
        { LockedBy.EarlierRun, true, true, [Daemon + NothingIsChanged] },
        { LockedBy.EarlierRun, false, false, [Along] },
        { LockedBy.OtherBefore, true, true, [OtherRule, NoRules, Daemon + NothingIsChanged + SettingsStay] },
        { LockedBy.OtherBefore, false, false, [OtherRule, NoRules, Along] },
        {
            LockedBy.OtherWhileSetting, false, true,
            [Locked, NoRules, Daemon, Stays("backlog_limit", 64, 65536), Stays("backlog_wait_time", 15000, 0)]
        },
        { LockedBy.OtherWhileLoading, false, true, [$"audit: the rule {Passwd}{CannotBeLoaded}", Locked, Daemon] },
        { LockedBy.OtherLater, false, true, [Loaded, Daemon, Locked] },
        {
            LockedBy.OtherAfterChanges, false, true,
            [Loaded, Daemon, Locked, Stays("rate_limit", 1, 0), $"audit: the rule {Exec}{CannotBeLoaded}"]
        },
        { LockedBy.Us, true, true, [Loaded, Daemon] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_cannot_be_done_is_said_once_and_not_tried_again(LockedBy by, bool immutable, bool isOwner, string[] told)
    {
        _kernel.Rules.Refused[Nowhere] = FakeKernel.Enoent;
        AuditDaemon daemon = Start(new AuditOptions { Repair = true, Immutable = immutable }, Rules(Exec, Passwd, Nowhere), by);
        Act(by);
        Look(daemon);

        Assert.Equal(told, Told().Select(line => line.Split("; processes from before")[0]));
        Assert.Equal((isOwner, !isOwner), (_kernel.IsOwned, _kernel.ReadsAlong));
        Assert.Equal(2u, _kernel.Status.Enabled);
        int events = Events();
        Assert.True(events >= told.Length, $"{events} events");
        (int sets, int refused) = (_kernel.Sets.Count, _kernel.Rules.Locked);
        Assert.InRange(refused, 0, 1);
        for (int minute = 0; minute < 100; minute++) Look(daemon);
        Assert.Equal((sets, refused), (_kernel.Sets.Count, _kernel.Rules.Locked));
        Assert.Equal(0, Events());
        Assert.Empty(_told.Taken);
    }

    [Fact]
    public void By_option_it_is_locked_when_all_is_set()
    {
        Start(new AuditOptions { Immutable = true }, Rules(Exec));
        Assert.Equal(["Failure 0", "BacklogLimit 65536", "BacklogWaitTime 0", "Enabled 1", "Enabled 2"], _kernel.Sets);
        Assert.Equal("Enabled 2", _kernel.Sets[^1]);
        Assert.Contains(Exec, _kernel.Rules.Texts);
        Assert.Equal(0, _kernel.Rules.Locked);
    }

    [Fact]
    public void Beside_another_daemon_it_is_locked_when_that_one_has_ended()
    {
        _kernel.Own(other: true);
        AuditDaemon daemon = Start(new AuditOptions { Immutable = true }, Rules(Exec));
        Look(daemon);
        Assert.Equal((1u, true), (_kernel.Status.Enabled, _kernel.ReadsAlong));
        _kernel.Own(other: false);
        Look(daemon);
        Assert.Equal((2u, true, false), (_kernel.Status.Enabled, _kernel.IsOwned, _kernel.ReadsAlong));
        Assert.Equal("Enabled 2", _kernel.Sets[^1]);
    }

    [Fact]
    public void When_the_daemon_that_has_locked_it_ends_the_records_are_taken_and_nothing_is_changed()
    {
        _kernel.Own(other: true);
        AuditDaemon daemon = Start(new AuditOptions { Immutable = true, Repair = true }, Rules(Exec));
        _kernel.Lock();
        Look(daemon);
        int sets = _kernel.Sets.Count;
        _kernel.Own(other: false);
        for (int look = 0; look < 10; look++) Look(daemon);
        Assert.True(_kernel.IsOwned);
        Assert.Equal((sets, 1), (_kernel.Sets.Count, _kernel.Registrations));
    }

    [Fact]
    public void The_records_are_taken_again_and_handed_back_all_the_same()
    {
        AuditDaemon daemon = Start(new AuditOptions { Immutable = true }, Rules(Exec));
        Told();
        _kernel.Own(other: false);
        Look(daemon);
        Assert.True(_kernel.IsOwned);
        Assert.Equal(
            ["audit: Streams is the audit daemon no more: nobody has it", "audit: Streams is the audit daemon again"], Told());
        daemon.HandBack();
        Assert.Equal(0u, _kernel.Status.Pid);
        Assert.Equal(["audit is locked (enabled is 2): its settings stay as they are until the next boot"], Told());
    }

    [Fact]
    public void An_earlier_run_is_kept_out_by_a_rule_that_nobody_minds_until_its_number_is_anothers()
    {
        var living = new HashSet<int>();
        var rules = new AuditRules(
            new RuleSources { Inline = [Exec] }, TestEnvironment.On(RuleMachine.X8664), true, TimeProvider.System, NullLogger.Instance, 77,
            living.Contains);
        _kernel.Rules.Has(Earlier, Exec);
        _kernel.Lock();
        AuditDaemon daemon = Start(new AuditOptions { Immutable = true }, rules);
        Look(daemon);
        Assert.Single(Told());
        living.Add(76);
        Look(daemon);
        Look(daemon);
        Assert.Equal([$"audit: the rule {Earlier} is loaded but not configured"], Told());
    }

    [Fact]
    public void Rules_that_are_written_otherwise_count_after_the_next_boot()
    {
        File.WriteAllText(_file, Exec);
        var sources = new RuleSources { Files = [_file] };
        var rules = new AuditRules(sources, TestEnvironment.On(RuleMachine.X8664), true, TimeProvider.System, NullLogger.Instance, 77);
        AuditDaemon daemon = Start(new AuditOptions { Immutable = true }, rules);
        Told();
        File.WriteAllText(_file, Kill);
        Look(daemon);
        Look(daemon);
        Assert.Equal(["audit: the configured rules changed; they take effect after the next boot: audit is locked"], Told());
        Assert.Equal(0, _kernel.Rules.Locked);
    }

    private static string Stays(string setting, int found, int expected) =>
        $"audit: {setting} is {found}, not {expected}, and stays so until the next boot: audit is locked";

    private static AuditRules Rules(params string[] lines) =>
        new(new RuleSources { Inline = lines }, TestEnvironment.On(RuleMachine.X8664), true, TimeProvider.System, NullLogger.Instance, 77);

    private AuditDaemon Start(AuditOptions options, AuditRules rules, LockedBy by = LockedBy.Us)
    {
        var decoder = new RecordDecoder(options, null, new OwnChanges(TimeProvider.System), _ => { });
        var daemon = new AuditDaemon(options, TimeProvider.System, rules, _kernel, new FoundSettings(null, ""), decoder, _reports, _told);
        Prepare(by);
        daemon.Open();
        daemon.Begin();
        return daemon;
    }

    private void Prepare(LockedBy by)
    {
        switch (by)
        {
            case LockedBy.EarlierRun:
                _kernel.Rules.Has(Earlier, Exec, Passwd);
                _kernel.Change(status => status with { Failure = 0, BacklogLimit = 65_536, BacklogWaitTime = 0 });
                _kernel.Lock();
                break;
            case LockedBy.OtherBefore:
                _kernel.Rules.Has(Kill);
                _kernel.Lock();
                break;
            case LockedBy.OtherWhileSetting:
                _kernel.LocksAfter = 1;
                break;
            case LockedBy.OtherWhileLoading:
                _kernel.Rules.LocksAfter = 3;
                break;
        }
    }

    private void Act(LockedBy by)
    {
        if (by == LockedBy.OtherAfterChanges)
        {
            _kernel.Change(status => status with { RateLimit = 1 });
            _kernel.Rules.Lose(Exec);
        }

        if (by is LockedBy.OtherLater or LockedBy.OtherAfterChanges) _kernel.Lock();
    }

    private static void Look(AuditDaemon daemon)
    {
        daemon.Check();
        daemon.CheckRules();
    }

    private string[] Told() => [.. _told.Taken];

    private int Events()
    {
        int events = 0;
        while (_reports.TryTake(out _)) events++;
        return events;
    }
}
