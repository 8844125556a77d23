using Microsoft.Extensions.Time.Testing;
using Streams.Audit.Netlink;
using Streams.Events;
using Streams.Events.Input;

namespace Streams.Audit.Tests.Netlink;

/// <summary>Settings that others change: what is set back and when, and what is reported as long as it is not.</summary>
public sealed class SettingsRepairTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeAudit _kernel = new();
    private readonly Notes _told = new();
    private readonly AuditReports _reports;

    public SettingsRepairTests() => _reports = new AuditReports("web-1", _time, _told, () => { });

    [Fact]
    [Trait("Found", "C5")]
    public void A_setting_that_others_change_is_set_back_by_default_and_reported()
    {
        AuditDaemon daemon = Begun(new AuditOptions { SocketType = AuditSocketType.Unicast });
        _kernel.Change(status => status with { Enabled = 0 });
        daemon.Check();
        Assert.Equal(1u, _kernel.Status.Enabled);
        Assert.Equal(["audit: enabled is 0, not 1", "audit: enabled is 1 again"], _told.Taken);
        Assert.Equal(["audit-setting-changed", "audit-repaired"], Actions());
        Assert.Equal((0, 1L), (daemon.Wrong, daemon.Repairs));
    }

    [Fact]
    [Trait("Found", "C5")]
    public void A_setting_that_is_changed_every_second_is_set_back_once_a_minute_in_the_end()
    {
        AuditDaemon daemon = Begun(new AuditOptions { SocketType = AuditSocketType.Unicast });
        var repairs = new List<int>();
        for (int second = 0; second < 150; second++)
        {
            _kernel.Change(status => status with { RateLimit = 5 });
            daemon.Check();
            if (_kernel.Status.RateLimit == 0) repairs.Add(second);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([.. Enumerable.Range(0, 10), 69, 129], repairs);
        Assert.Single(Actions(), action => action == "audit-repair-limited");
    }

    [Theory]
    [Trait("Found", "C5")]
    [InlineData("off", "Audit is off (enabled is 0, not 1), no system call is recorded")]
    [InlineData("rate", "rate_limit is 5, not 0: the kernel drops what is above that rate")]
    [InlineData("backlog", "backlog_limit is 64, not 65536: in a burst the kernel drops records sooner")]
    [InlineData("failure", "failure is 1, not 0")]
    public void Without_repair_what_is_wrong_is_known_and_reported_again(string what, string expected)
    {
        AuditDaemon daemon = Begun(new AuditOptions { SocketType = AuditSocketType.Unicast, Repair = false });
        _kernel.Change(status => what switch
        {
            "off" => status with { Enabled = 0 },
            "rate" => status with { RateLimit = 5 },
            "backlog" => status with { BacklogLimit = 64 },
            _ => status with { Failure = 1 },
        });
        var reported = new List<int>();
        for (int minute = 0; minute < 60; minute++)
        {
            daemon.Check();
            if (Actions().Contains("audit-setting-changed")) reported.Add(minute);
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal([0, 10, 30], reported);
        Assert.Contains(
            new CollectorCondition(what != "failure", expected + "; set it back with auditctl, or set \"repair\": true."),
            daemon.Conditions);
        Assert.Equal((1, 0L), (daemon.Wrong, daemon.Repairs));
    }

    [Fact]
    [Trait("Found", "C5")]
    public void The_settings_of_the_daemon_that_comes_after_are_left_alone()
    {
        AuditDaemon daemon = Begun(new AuditOptions { SocketType = AuditSocketType.Unicast });
        _kernel.Own(other: true);
        _kernel.Change(status => status with { BacklogLimit = 8192, Failure = 1 });
        daemon.Check();
        daemon.Check();
        Assert.Equal((8192u, 1u), (_kernel.Status.BacklogLimit, _kernel.Status.Failure));
        Assert.Contains(daemon.Conditions, condition => condition.Text.Contains("is the audit daemon; Streams reads along"));
    }

    private AuditDaemon Begun(AuditOptions options)
    {
        var decoder = new RecordDecoder(options, null, new OwnChanges(TimeProvider.System), _ => { });
        var daemon = new AuditDaemon(options, _time, null, _kernel, new FoundSettings(null, ""), decoder, _reports, _told);
        daemon.Open();
        daemon.Begin();
        _ = _told.Taken.Count();
        Actions();
        return daemon;
    }

    private List<string> Actions()
    {
        var actions = new List<string>();
        while (_reports.TryTake(out Event report)) actions.Add(report[Field.Of("event.action")].ToString());
        return actions;
    }
}
