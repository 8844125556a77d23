using Streams.Audit.Netlink;

namespace Streams.Audit.Tests.Netlink;

/// <summary>The daemon on kernels that do not do all that is asked of them.</summary>
public sealed class AuditDaemonTests
{
    private readonly FakeAudit _kernel = new();
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

    private AuditDaemon Daemon(AuditOptions options)
    {
        var decoder = new RecordDecoder(options, null, new OwnChanges(TimeProvider.System), _ => { });
        return new AuditDaemon(options, TimeProvider.System, null, _kernel, decoder, _reports, _told);
    }
}
