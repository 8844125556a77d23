using System.Text;

namespace Streams.Engine.QueryStrings;

/// <summary>
/// A pattern of <c>*</c> (any text, also none) and <c>?</c> (one character), matched against the whole value. The pieces between
/// the stars are looked for from left to right and never looked for again, so time is linear in the value's length.
/// </summary>
internal sealed class WildcardPattern
{
    // Code units between two stars; One stands for the question mark. More than 16 bits, so that no character can be mistaken for it.
    private const int One = -1;

    private readonly int[][] _pieces;
    private readonly string?[] _literals;
    private readonly string _text;

    private WildcardPattern(int[][] pieces, string text)
    {
        _pieces = pieces;
        _literals = [.. pieces.Select(p => p.Contains(One) ? null : string.Concat(p.Select(c => (char)c)))];
        _text = text;
    }

    /// <summary>Makes a pattern.</summary>
    /// <param name="text">The characters, escapes resolved.</param>
    /// <param name="wild">For each, whether it is a wildcard.</param>
    public static WildcardPattern Of(string text, IReadOnlyList<bool> wild)
    {
        var pieces = new List<int[]>();
        var piece = new List<int>();
        var canonical = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (wild[i] && text[i] == '*')
            {
                bool repeated = i > 0 && wild[i - 1] && text[i - 1] == '*';
                if (repeated) continue;
                pieces.Add([.. piece]);
                piece.Clear();
                canonical.Append('*');
                continue;
            }

            piece.Add(wild[i] ? One : text[i]);
            bool plain = wild[i] || char.IsLetterOrDigit(text[i]) || char.IsSurrogate(text[i]) || text[i] is '_' or '.';
            if (!plain) canonical.Append('\\');
            canonical.Append(text[i]);
        }

        pieces.Add([.. piece]);
        return new WildcardPattern([.. pieces], canonical.ToString());
    }

    /// <summary>Whether the whole value fits.</summary>
    public bool IsMatch(ReadOnlySpan<char> value)
    {
        int taken = Forward(value, 0);
        if (taken < 0) return false;
        if (_pieces.Length == 1) return taken == value.Length;
        int tail = Backward(value[taken..]);
        if (tail < 0) return false;
        ReadOnlySpan<char> rest = value[taken..^tail];
        for (int i = 1; i < _pieces.Length - 1; i++)
        {
            int end = Find(rest, i);
            if (end < 0) return false;
            rest = rest[end..];
        }

        return true;
    }

    /// <summary>The pattern with what is special escaped.</summary>
    public override string ToString() => _text;

    // Where the piece ends when it is found as early as possible.
    private int Find(ReadOnlySpan<char> value, int index)
    {
        if (_literals[index] is { } literal)
        {
            int at = value.IndexOf(literal, StringComparison.Ordinal);
            return at < 0 ? -1 : at + literal.Length;
        }

        for (int start = 0; start <= value.Length; start++)
        {
            if (start > 0 && start < value.Length && char.IsSurrogatePair(value[start - 1], value[start])) continue;
            int length = Forward(value[start..], index);
            if (length >= 0) return start + length;
        }

        return -1;
    }

    // How much of the value's start the piece takes.
    private int Forward(ReadOnlySpan<char> value, int index)
    {
        if (_literals[index] is { } literal) return value.StartsWith(literal, StringComparison.Ordinal) ? literal.Length : -1;
        int at = 0;
        foreach (int unit in _pieces[index])
        {
            if (at == value.Length) return -1;
            if (unit == One) at += at + 1 < value.Length && char.IsSurrogatePair(value[at], value[at + 1]) ? 2 : 1;
            else if (value[at++] != unit) return -1;
        }

        return at;
    }

    // How much of the value's end the last piece takes.
    private int Backward(ReadOnlySpan<char> value)
    {
        if (_literals[^1] is { } literal) return value.EndsWith(literal, StringComparison.Ordinal) ? literal.Length : -1;
        int[] piece = _pieces[^1];
        int at = value.Length;
        for (int i = piece.Length - 1; i >= 0; i--)
        {
            if (at == 0) return -1;
            if (piece[i] == One) at -= at > 1 && char.IsSurrogatePair(value[at - 2], value[at - 1]) ? 2 : 1;
            else if (value[--at] != piece[i]) return -1;
        }

        return value.Length - at;
    }
}
