using Streams.Audit.Netlink;

namespace Streams.Audit.Tests.Netlink;

public sealed class KernelTicksTests
{
    [Theory]
    [InlineData("CONFIG_X=y\n# CONFIG_HZ_100 is not set\nCONFIG_HZ_250=y\nCONFIG_HZ=250\n", 250)]
    [InlineData("CONFIG_HZ=1000", 1000)]
    [InlineData("CONFIG_HZ=many", null)]
    [InlineData("CONFIG_X=y", null)]
    [InlineData("", null)]
    public void The_kernels_configuration_says_it(string configuration, int? expected) =>
        Assert.Equal(expected, KernelTicks.Configured(new StringReader(configuration)));

    // 2^32 - 300 HZ at boot.
    [Theory]
    [InlineData(6794.09, 4296590754, 250)]
    [InlineData(6794.09, 4301461386, 1000)]
    [InlineData(60, 4294943296, 100)]
    [InlineData(299, 4294967046, null)]
    [InlineData(6794.09, 4295000000, null)]
    public void The_count_since_boot_says_it(double uptime, long jiffies, int? expected) =>
        Assert.Equal(
            expected,
            KernelTicks.Counted(new StringReader($"Version: v0.10\nnow at {(long)(uptime * 1e9)} nsecs\n\ncpu: 0\njiffies: {jiffies}\n")));

    [Fact]
    public void A_list_that_is_none_says_nothing() => Assert.Null(KernelTicks.Counted(new StringReader("jiffies: 5\nnow at x")));
}
