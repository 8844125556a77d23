using System.Buffers;
using System.Globalization;
using System.Text;
using Streams.Events;

namespace Streams.Host.Output;

/// <summary>
/// Text from records made safe for a terminal. Whoever writes a record chooses its strings: an escape sequence can rewrite what is on
/// the screen or answer for the user, a bidirectional control can reorder it, an invisible letter can hide in it.
/// </summary>
internal static class TerminalText
{
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>The text on one line, with what a terminal would act on shown as <c>\n</c>, <c>\x1b</c>, <c>\u202e</c>.</summary>
    public static string Escape(string? text)
    {
        if (text is null) return "";
        if (!text.AsSpan().ContainsAnyExcept(Plain)) return text;

        var safe = new StringBuilder(text.Length + 16);
        foreach (Rune rune in Runes(text, safe)) Append(safe, rune);
        return safe.ToString();
    }

    /// <summary>The same, cut to a number of UTF-16 units, with an ellipsis where something is missing.</summary>
    public static string Escape(string? text, int longest)
    {
        if (text is null) return "";
        // One unit becomes at most ten; cutting first keeps a text of a megabyte cheap.
        string safe = Escape(text.Length > longest ? text[..longest] : text);
        if (safe.Length <= longest && text.Length <= longest) return safe;
        int end = Math.Min(longest - 1, safe.Length);
        if (end > 0 && char.IsHighSurrogate(safe[end - 1])) end--;
        return string.Concat(safe.AsSpan(0, end), "…");
    }

    private static IEnumerable<Rune> Runes(string text, StringBuilder safe)
    {
        for (int i = 0; i < text.Length;)
        {
            if (Rune.DecodeFromUtf16(text.AsSpan(i), out Rune rune, out int used) == OperationStatus.Done) yield return rune;
            else safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:x4}");
            i += used;
        }
    }

    private static void Append(StringBuilder safe, Rune rune)
    {
        switch (rune.Value)
        {
            case '\n': safe.Append("\\n"); return;
            case '\r': safe.Append("\\r"); return;
            case '\t': safe.Append("\\t"); return;
        }

        if (!HiddenCharacters.Contains(rune)) safe.Append(rune.ToString());
        else if (rune.Value < 0x100) safe.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}");
        else if (rune.Value < 0x10000) safe.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
        else safe.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}");
    }
}
