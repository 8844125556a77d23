using Streams.Audit.Netlink;

namespace Streams.Audit.Tests.Netlink;

public sealed class RisingCountTests
{
    [Theory]
    [InlineData(new uint[] { 5 }, 0)] // What was there before is none of ours.
    [InlineData(new uint[] { 5, 5, 8 }, 3)]
    [InlineData(new uint[] { 5, 8, 0, 2 }, 5)] // Set back by somebody.
    [InlineData(new uint[] { 5, 8, 2 }, 5)]
    [InlineData(new uint[] { uint.MaxValue - 1, 3 }, 5)] // Come round.
    public void It_counts_what_was_added(uint[] values, long total)
    {
        var count = new RisingCount();
        long steps = values.Sum(value => count.Take(value));
        Assert.Equal((total, total), (steps, count.Total));
    }
}
