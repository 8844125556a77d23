using Microsoft.Extensions.Time.Testing;
using Streams.Audit.Netlink;

namespace Streams.Audit.Tests.Netlink;

/// <summary>The daemon on kernels that do not do all that is asked of them.</summary>
public sealed class AuditDaemonTests
{
    private readonly FakeAudit _kernel = new();
    private const string Refused =
        "the kernel does not make Streams the audit daemon: audit_pid is 0, and no such process is seen; it reads along, and asks again, "
        + "once a minute in the end";

    private readonly FakeTimeProvider _time = new();
    private readonly Notes _told = new();
    private readonly AuditReports _reports;

    public AuditDaemonTests() => _reports = new AuditReports("web-1", TimeProvider.System, _told, () => { });

    // What a kernel before 3.14 answers, and one of 3.14 to 3.18, which has a version in place of the bits: 1 has no wait time, 2 has.
    [Theory]
    [InlineData(BackpressureStrategy.Kernel, 0u, null, "kernel")]
    [InlineData(BackpressureStrategy.Both, 0u, null, "both")]
    [InlineData(BackpressureStrategy.Kernel, 1u, 15000u, "kernel")]
    public void A_strategy_that_the_kernel_cannot_follow_is_refused_before_anything_is_changed(
        BackpressureStrategy strategy, uint features, uint? waitTime, string name)
    {
        _kernel.Change(status => status with { Features = features, BacklogWaitTime = waitTime });
        AuditDaemon daemon = Daemon(new AuditOptions { SocketType = AuditSocketType.Unicast, BackpressureStrategy = strategy });
        var refusal = Assert.Throws<InvalidOperationException>(daemon.Open);
        Assert.Equal(
            $"backpressure_strategy is {name}, but this kernel cannot set backlog_wait_time (3.14 and later can); "
            + "set it to auto, userspace or none",
            refusal.Message);
        Assert.Empty(_kernel.Sets);
        Assert.Equal(0, _kernel.Registrations);
    }

    [Theory]
    [InlineData(BackpressureStrategy.Auto, AuditSocketType.Unicast, 0u)]
    [InlineData(BackpressureStrategy.Userspace, AuditSocketType.Unicast, 0u)]
    [InlineData(BackpressureStrategy.None, AuditSocketType.Unicast, 0u)]
    [InlineData(BackpressureStrategy.Kernel, AuditSocketType.Unicast, 2u)]
    [InlineData(BackpressureStrategy.Kernel, AuditSocketType.Multicast, 0u)]
    public void A_strategy_that_needs_no_wait_time_or_has_it_or_sets_nothing_is_followed(
        BackpressureStrategy strategy, AuditSocketType type, uint features)
    {
        _kernel.Change(status => status with { Features = features, BacklogWaitTime = features == 0 ? null : 15000 });
        AuditDaemon daemon = Daemon(new AuditOptions { SocketType = type, BackpressureStrategy = strategy });
        daemon.Open();
        daemon.Begin();
        Assert.Equal(type == AuditSocketType.Unicast, _kernel.IsOwned);
        Assert.Equal(features != 0, _kernel.Sets.Contains("BacklogWaitTime 0"));
    }

    [Fact]
    public void A_registration_that_the_kernel_refuses_is_tried_again_less_and_less_often_and_told_once()
    {
        _kernel.Own(other: true);
        AuditDaemon daemon = Begun();
        _kernel.RefusesRegistration = true;
        _kernel.Own(other: false);
        Assert.Equal([0, 1, 3, 7, 15, 31, 63, 123, 183], Tries(daemon, seconds: 200));
        Assert.Equal([Refused], _told.Taken);
        Assert.True(_kernel.ReadsAlong);

        _kernel.RefusesRegistration = false;
        Assert.Equal([43], Tries(daemon, seconds: 100));
        Assert.Equal((true, false), (_kernel.IsOwned, _kernel.ReadsAlong));
        Assert.Equal(["audit: Streams is the audit daemon now"], _told.Taken);
    }

    [Fact]
    public void A_daemon_that_is_lost_for_no_reason_that_is_seen_is_not_asked_for_each_second()
    {
        AuditDaemon daemon = Begun();
        _kernel.RefusesRegistration = true;
        _kernel.Own(other: false);
        Assert.Equal([0, 1, 3, 7], Tries(daemon, seconds: 10));
        Assert.Equal(["audit: Streams is the audit daemon no more: nobody has it", Refused], _told.Taken);
    }

    [Fact]
    public void When_an_owner_was_seen_meanwhile_it_is_tried_at_once_when_that_one_ends()
    {
        _kernel.Own(other: true);
        AuditDaemon daemon = Begun();
        _kernel.RefusesRegistration = true;
        _kernel.Own(other: false);
        Tries(daemon, seconds: 100);
        _kernel.Own(other: true);
        Assert.Empty(Tries(daemon, seconds: 100));
        _kernel.Own(other: false);
        Assert.Equal([0, 1, 3], Tries(daemon, seconds: 5));
        Assert.Equal([Refused, Refused], _told.Taken);
    }

    private AuditDaemon Begun()
    {
        AuditDaemon daemon = Daemon(new AuditOptions { SocketType = AuditSocketType.Unicast });
        daemon.Open();
        daemon.Begin();
        _ = _told.Taken.Count();
        return daemon;
    }

    // In which seconds the daemon asks for the records, when it looks every second.
    private List<int> Tries(AuditDaemon daemon, int seconds)
    {
        var tries = new List<int>();
        for (int second = 0; second < seconds; second++)
        {
            int before = _kernel.Registrations;
            daemon.Check();
            if (_kernel.Registrations > before) tries.Add(second);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        return tries;
    }

    private AuditDaemon Daemon(AuditOptions options)
    {
        var decoder = new RecordDecoder(options, null, new OwnChanges(TimeProvider.System), _ => { });
        return new AuditDaemon(options, _time, null, _kernel, new FoundSettings(null, ""), decoder, _reports, _told);
    }
}
