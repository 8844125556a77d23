using System.Net;
using Streams.Engine.Keys;
using Streams.Events;
using Xunit;

namespace Streams.Engine.Tests.Keys;

public class KeyCodecTests
{
    [Fact]
    [Trait("Found", "O2")]
    public void A_tuple_has_a_null_when_one_of_its_parts_is()
    {
        Assert.True(KeyCodec<string?>.Instance.HasNull(null));
        Assert.False(KeyCodec<string?>.Instance.HasNull(""));
        Assert.True(KeyCodec<int?>.Instance.HasNull(null));
        Assert.False(KeyCodec<int>.Instance.HasNull(0));
        Assert.True(KeyCodec<(string?, int)>.Instance.HasNull((null, 1)));
        Assert.False(KeyCodec<(string?, int)>.Instance.HasNull(("", 1)));
        Assert.True(KeyCodec<(int, int, System.Net.IPAddress?)>.Instance.HasNull((1, 2, null)));
        Assert.True(KeyCodec<(int, int, int, string?)>.Instance.HasNull((1, 2, 3, null)));
        Assert.True(KeyCodec<((string?, int), int)>.Instance.HasNull(((null, 1), 2)));
        Assert.False(KeyCodec<(int, int, int, int, int, int, string?)>.Instance.HasNull((1, 2, 3, 4, 5, 6, "x")));
    }

    [Fact]
    public void The_bytes_of_a_key_never_change()
    {
        // A change here makes every alert id and every saved state another one.
        Assert.Equal("28" + "730200000078" + "00" + "690700000000000000" + "620100000000000000" + "29", Hex(("x", 7, true)));
        Assert.Equal("30", Hex<string?>(null));
    }

    [Fact]
    public void Different_keys_have_different_bytes()
    {
        string[] all =
        [
            Hex(1), Hex("1"), Hex(true), Hex('1'), Hex(1.0), Hex((1, 1)), Hex(("a", "b")), Hex(("ab", "")), Hex(("", "ab")),
            Hex(""), Hex<string?>(null),
            Hex((1, (1, 1))), Hex(((1, 1), 1)), Hex((1, 1, 1)), Hex(1UL << 63), Hex(long.MinValue), Hex(TimeSpan.FromTicks(1)),
        ];
        Assert.Equal(all.Length, all.Distinct().Count());
    }

    [Fact]
    public void Equal_keys_have_equal_bytes_and_a_text_for_people()
    {
        Assert.Equal(Hex((int?)7), Hex(7));
        Assert.Equal("/usr/bin/nc, 192.0.2.1", KeyCodec<(string, IPAddress)>.Instance.Text(("/usr/bin/nc", IPAddress.Parse("192.0.2.1"))));
        Assert.Equal("-, 2, High, true, 2026-01-02T03:04:05.000Z", KeyCodec<(string?, int?, Severity, bool, DateTimeOffset)>.Instance.Text(
            (null, 2, Severity.High, true, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero))));
        Assert.Equal("192.0.2.1:80", KeyCodec<Endpoint>.Instance.Text(new Endpoint("192.0.2.1", 80)));
    }

    [Theory]
    [InlineData(typeof(object))]
    [InlineData(typeof(List<string>))]
    [InlineData(typeof((string, object)))]
    [InlineData(typeof(Event))]
    public void A_type_that_cannot_be_saved_is_refused_by_name(Type type)
    {
        var error = Assert.Throws<NotSupportedException>(() => KeyCodecs.Make(type));
        Assert.Contains("cannot be a key", error.Message, StringComparison.Ordinal);
    }

    private static string Hex<T>(T value)
    {
        var output = new KeyWriter(stackalloc byte[4]);
        KeyCodec<T>.Instance.Write(ref output, value);
        return Convert.ToHexString(output.Written);
    }
}
