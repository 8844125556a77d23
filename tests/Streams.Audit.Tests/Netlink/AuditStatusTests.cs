using System.Runtime.InteropServices;
using Streams.Audit.Netlink;

namespace Streams.Audit.Tests.Netlink;

public sealed class AuditStatusTests
{
    private static readonly uint[] Words = [0, 1, 2, 3, 4, 5, 6, 7, 0x7f, 15000, 12];

    [Theory]
    [InlineData(32, 0u, null, null)]
    [InlineData(36, 0x7fu, null, null)]
    [InlineData(40, 0x7fu, 15000u, null)]
    [InlineData(44, 0x7fu, 15000u, 12u)]
    public void A_kernel_of_any_age_is_understood(int size, uint features, uint? wait, uint? waited) =>
        Assert.Equal(
            new AuditStatus
            {
                Enabled = 1,
                Failure = 2,
                Pid = 3,
                RateLimit = 4,
                BacklogLimit = 5,
                Lost = 6,
                Backlog = 7,
                Features = features,
                BacklogWaitTime = wait,
                BacklogWaitTimeActual = waited,
            },
            AuditStatus.Parse(MemoryMarshal.AsBytes(Words.AsSpan())[..size]));

    [Fact]
    public void What_later_kernels_add_is_passed_over() =>
        Assert.Equal(AuditStatus.Parse(Bytes(0)), AuditStatus.Parse(Bytes(20)));

    [Fact]
    public void A_status_that_is_cut_off_is_refused() =>
        Assert.Throws<InvalidDataException>(() => AuditStatus.Parse(Bytes(0).AsSpan(0, 31)));

    [Theory]
    [InlineData(AuditSetting.Enabled)]
    [InlineData(AuditSetting.Failure)]
    [InlineData(AuditSetting.Pid)]
    [InlineData(AuditSetting.RateLimit)]
    [InlineData(AuditSetting.BacklogLimit)]
    [InlineData(AuditSetting.BacklogWaitTime)]
    public void A_request_changes_what_the_status_shows_under_the_same_name(AuditSetting setting)
    {
        byte[] request = AuditControl.StatusOf(setting, 4711);
        Assert.Equal((uint)setting, MemoryMarshal.Read<uint>(request));
        Assert.Equal(4711u, AuditStatus.Parse(request)[setting]);
    }

    private static byte[] Bytes(int more) => [.. MemoryMarshal.AsBytes(Words.AsSpan()), .. new byte[more]];
}
