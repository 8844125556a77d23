using Streams.Audit.Netlink;

namespace Streams.Audit.Tests.Netlink;

public sealed class OwnedSettingsTests
{
    private static readonly AuditStatus Kernel = new()
    {
        Enabled = 1,
        Failure = 1,
        BacklogLimit = 64,
        Features = 0x7f,
        BacklogWaitTime = 15000,
        BacklogWaitTimeActual = 0,
    };

    [Theory]
    [InlineData(BackpressureStrategy.Auto, null, 0u, 0u)]
    [InlineData(BackpressureStrategy.Kernel, 100u, 0u, 0u)]
    [InlineData(BackpressureStrategy.Both, null, 0u, 0u)]
    [InlineData(BackpressureStrategy.Userspace, null, 15000u, 5000u)]
    [InlineData(BackpressureStrategy.Userspace, 100u, 100u, 5000u)]
    [InlineData(BackpressureStrategy.None, null, 15000u, 0u)]
    [InlineData(BackpressureStrategy.None, 100u, 100u, 0u)]
    public void The_strategy_says_how_long_programs_wait(
        BackpressureStrategy strategy, uint? waitTime, uint expectedWait, uint expectedRate)
    {
        var settings = new OwnedSettings(new AuditOptions { BackpressureStrategy = strategy, BacklogWaitTime = waitTime }, Kernel);
        Assert.Equal(expectedWait, settings.Expected[AuditSetting.BacklogWaitTime]);
        Assert.Equal(expectedRate, settings.Expected[AuditSetting.RateLimit]);
    }

    [Fact]
    public void A_kernel_that_cannot_set_the_wait_time_drops_in_userspace()
    {
        AuditStatus old = Kernel with { Features = 0, BacklogWaitTime = null };
        Assert.Equal(BackpressureStrategy.Userspace, OwnedSettings.Effective(BackpressureStrategy.Auto, old));
        Assert.DoesNotContain(AuditSetting.BacklogWaitTime, new OwnedSettings(new AuditOptions(), old).Expected.Keys);
    }

    [Fact]
    public void A_change_is_told_once_and_again_when_it_becomes_another()
    {
        var settings = new OwnedSettings(new AuditOptions(), Kernel);
        AuditStatus good = Kernel with { Failure = 0, BacklogLimit = 65_536, BacklogWaitTime = 0 };
        Assert.Empty(Compare(settings, good));
        SettingChange limited = new(AuditSetting.RateLimit, 0, 100);
        Assert.Equal([limited], Compare(settings, good with { RateLimit = 100 }));
        Assert.Empty(Compare(settings, good with { RateLimit = 100 }));
        Assert.Equal([limited with { Found = 10 }], Compare(settings, good with { RateLimit = 10 }));
        Assert.Empty(Compare(settings, good));
        Assert.Equal([limited], Compare(settings, good with { RateLimit = 100 }));
    }

    [Theory]
    [InlineData(0u, 1)]
    [InlineData(1u, 0)]
    [InlineData(2u, 0)]
    public void Audit_that_is_locked_is_enabled(uint enabled, int changes)
    {
        var settings = new OwnedSettings(new AuditOptions(), Kernel, onlyEnabled: true);
        Assert.Equal(changes, Compare(settings, Kernel with { Enabled = enabled }).Count);
    }

    private static IReadOnlyList<SettingChange> Compare(OwnedSettings settings, AuditStatus status) =>
        settings.News(settings.Differences(status));
}
