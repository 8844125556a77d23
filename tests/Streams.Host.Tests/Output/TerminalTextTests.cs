using Streams.Host.Output;
using Xunit;

namespace Streams.Host.Tests.Output;

public class TerminalTextTests
{
    [Theory]
    [InlineData("/usr/bin/curl -s [red]x[/]", "/usr/bin/curl -s [red]x[/]")]
    [InlineData("müller 日本 🙂", "müller 日本 🙂")]
    [InlineData("\u001b[2J\u001b]0;owned\u0007", "\\x1b[2J\\x1b]0;owned\\x07")]
    [InlineData("\u009b31m", "\\x9b31m")]
    [InlineData("a\r\nb\tc\0", "a\\r\\nb\\tc\\x00")]
    [InlineData("\u007f", "\\x7f")]
    [InlineData("gpj.\u202eexe", "gpj.\\u202eexe")]
    [InlineData("a\u2066b\u2069\u200f\u061c", "a\\u2066b\\u2069\\u200f\\u061c")]
    [InlineData("su\u200bdo \ufeff", "su\\u200bdo \\ufeff")]
    [InlineData("\u2028\u2029", "\\u2028\\u2029")]
    [InlineData("\U000e0041", "\\U000e0041")]
    public void What_a_terminal_would_act_on_is_shown(string text, string expected) => Assert.Equal(expected, TerminalText.Escape(text));

    [Fact]
    public void Half_a_surrogate_pair_is_shown() => Assert.Equal("a\\ud83db", TerminalText.Escape("a\ud83db"));

    [Fact]
    public void Nothing_is_left_that_a_terminal_acts_on()
    {
        for (int code = 0; code < 0x110000; code++)
        {
            string text = char.ConvertFromUtf32(code is >= 0xd800 and < 0xe000 ? 'x' : code);
            Assert.DoesNotContain(
                TerminalText.Escape(text),
                letter => char.IsControl(letter) || letter is >= '\u202a' and <= '\u202e' or >= '\u2066' and <= '\u2069');
        }
    }

    [Theory]
    [InlineData("abcdef", 6, "abcdef")]
    [InlineData("abcdefg", 6, "abcde…")]
    [InlineData("\u001b\u001b\u001b", 6, "\\x1b\\…")]
    [InlineData("ab🙂🙂", 4, "ab…")]
    public void A_long_text_is_cut(string text, int longest, string expected) => Assert.Equal(expected, TerminalText.Escape(text, longest));
}
