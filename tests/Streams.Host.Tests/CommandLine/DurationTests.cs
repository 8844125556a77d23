using Streams.Host.CommandLine;
using Xunit;

namespace Streams.Host.Tests.CommandLine;

public class DurationTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("500ms", 0.5)]
    [InlineData("90m", 5400)]
    [InlineData("24h", 86_400)]
    [InlineData("7d", 604_800)]
    [InlineData("1d12h", 129_600)]
    [InlineData("1.5h", 5400)]
    [InlineData(" 2w ", 1_209_600)]
    public void A_duration_is_numbers_with_units(string text, double seconds)
    {
        Assert.True(Durations.TryParse(text, out TimeSpan duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("h")]
    [InlineData("-5m")]
    [InlineData("5 parsecs")]
    [InlineData("1.2.3s")]
    [InlineData("9999999d")]
    [InlineData("99999999999999999999999999s")]
    public void What_is_none_is_refused(string text) => Assert.False(Durations.TryParse(text, out _));

    [Theory]
    [InlineData(0.84, "0.8 s")]
    [InlineData(12, "12 s")]
    [InlineData(754, "12 m 34 s")]
    [InlineData(7320, "2 h 2 m")]
    [InlineData(90_000, "1 d 1 h")]
    public void People_read_two_units(double seconds, string expected) =>
        Assert.Equal(expected, Durations.Format(TimeSpan.FromSeconds(seconds)));
}
