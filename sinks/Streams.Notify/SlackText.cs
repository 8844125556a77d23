using System.Globalization;
using System.Text;
using Streams.Events;

namespace Streams.Notify;

/// <summary>
/// Text from records made safe for Slack: it is shown, and nothing in it is obeyed. Slack reads <c>&amp;</c>, <c>&lt;</c> and
/// <c>&gt;</c> as markup everywhere (docs.slack.dev, "Formatting message text"): mentions, channels and links with another label are made
/// of these. Its clients also make links of addresses and mentions of <c>@channel</c>.
/// </summary>
internal static class SlackText
{
    // U+2060, WORD JOINER: takes no room, and ends what Slack would recognise.
    private const string Joiner = "\u2060";

    /// <summary>For a <c>plain_text</c> object, in which asterisks, underscores and backticks mean nothing.</summary>
    /// <param name="text">The text.</param>
    /// <param name="longest">How long it may become; more is cut off and ends with an ellipsis.</param>
    public static string Plain(string text, int longest) => Escape(text, longest, isCode: false);

    /// <summary>For the inside of a block of code in an <c>mrkdwn</c> object, which backticks would end.</summary>
    /// <param name="text">The text.</param>
    /// <param name="longest">How long it may become; more is cut off and ends with an ellipsis.</param>
    public static string Code(string text, int longest) => Escape(text, longest, isCode: true);

    private static string Escape(string text, int longest, bool isCode)
    {
        var safe = new StringBuilder(Math.Min(text.Length, longest) + 16);
        int at = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            at += rune.Utf16SequenceLength;
            string piece = Piece(rune, text.AsSpan(Math.Min(at, text.Length)), isCode);

            // Cut between what stands for one letter each: half an entity would be markup again.
            if (safe.Length + piece.Length >= longest) return safe.Append('…').ToString();
            safe.Append(piece);
        }

        return safe.ToString();
    }

    private static string Piece(Rune rune, ReadOnlySpan<char> after, bool isCode) => rune.Value switch
    {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '\n' => "\\n",

        // MODIFIER LETTER GRAVE ACCENT looks the same and ends nothing.
        '`' when isCode => "\u02CB",
        '@' => "@" + Joiner,
        ':' when after.StartsWith("//") => ":" + Joiner,
        _ when HiddenCharacters.Contains(rune) => string.Create(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}"),
        _ => rune.ToString(),
    };
}
