using System.Globalization;

namespace Streams.Events;

/// <summary>Texts cut to a length, with a mark that says how long they were.</summary>
internal static class TextLimit
{
    /// <summary>The text, or its beginning and the mark <c>… [cut: 1048576 characters]</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="longest">How many UTF-16 units are kept; the mark comes on top.</param>
    public static string Cut(string text, int longest)
    {
        if (text.Length <= longest) return text;
        int end = char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest;
        return string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, end)}… [cut: {text.Length} characters]");
    }

    /// <summary>What stands behind the last element that is kept of a list: <c>… [cut: 12 more]</c>.</summary>
    public static string More(int left) => string.Create(CultureInfo.InvariantCulture, $"… [cut: {left} more]");
}
