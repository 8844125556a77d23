using System.Text;
using Streams.Audit.Netlink;

namespace Streams.Audit.Tests.Netlink;

public sealed class RecordStampTests
{
    [Theory]
    [InlineData("audit(1364481363.243:24287): arch=c000003e a0=1", 1364481363243, 24287u, "arch=c000003e a0=1")]
    [InlineData("audit(1364481363.003:4294967295): x\0", 1364481363003, uint.MaxValue, "x")]
    [InlineData("audit(1364481363.003:1): x\n\0", 1364481363003, 1u, "x")]
    [InlineData("audit(1364481363.003:1): ", 1364481363003, 1u, "")]
    [InlineData("audit(0.000:0):", 0, 0u, "")]
    public void A_record_begins_with_its_stamp(string record, long time, uint serial, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(record);
        Assert.True(RecordStamp.TryRead(bytes, out long foundTime, out uint foundSerial, out ReadOnlySpan<byte> found));
        Assert.Equal((time, serial, text), (foundTime, foundSerial, Encoding.UTF8.GetString(found)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("audit(")]
    [InlineData("audit(1.243")]
    [InlineData("audit(1.243:")]
    [InlineData("audit(1.243:2")]
    [InlineData("audit(1.243:2)")]
    [InlineData("audit(1.24:2): x")]
    [InlineData("audit(1.2430:2): x")]
    [InlineData("audit(1.243:4294967296): x")]
    [InlineData("audit(999999999999999.243:2): x")]
    [InlineData("audit(-1.243:2): x")]
    [InlineData("AUDIT(1.243:2): x")]
    public void What_does_not_is_no_record(string record) =>
        Assert.False(RecordStamp.TryRead(Encoding.UTF8.GetBytes(record), out _, out _, out _));
}
