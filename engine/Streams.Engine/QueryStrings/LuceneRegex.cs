using System.Globalization;
using System.Text;

namespace Streams.Engine.QueryStrings;

/// <summary>
/// Translates a regular expression from Lucene's syntax (org.apache.lucene.util.automaton.RegExp) to .NET's. Both match the whole
/// value, Lucene by characters and not by UTF-16 units, and <c>.</c> takes line ends too. Refused with a remedy: Lucene's complement,
/// intersection, interval, any-string and empty-language operators, and anchors, which Lucene takes as plain characters.
/// </summary>
internal sealed class LuceneRegex
{
    private const int MaxDepth = 50;
    private const int MaxSize = 2000;
    private const string AnyCharacter = @"(?:[\uD800-\uDBFF][\uDC00-\uDFFF]|[^\uD800-\uDFFF])";
    private const string AnyUnit = @"[\u0000-\uFFFF]";

    private readonly string _query;
    private readonly int _end;
    private int _at;
    private int _depth;

    private LuceneRegex(string query, int start, int end)
    {
        _query = query;
        _at = start;
        _end = end;
    }

    /// <summary>Translates the part of a query that is between two slashes.</summary>
    /// <exception cref="QueryStringException">It is malformed, not supported, or too large.</exception>
    public static string Translate(string query, int start, int end)
    {
        var reader = new LuceneRegex(query, start, end);
        Piece whole = reader.Alternatives();
        if (reader._at < end)
            throw reader.Wrong(reader._at, "this ) closes nothing in the regular expression", @"remove it, or write \) for the character");
        return $@"\A(?:{whole.Pattern})\z";
    }

    // A translated part, and about how many states it makes.
    private readonly record struct Piece(string Pattern, long Size);

    private Piece Alternatives()
    {
        var pattern = new StringBuilder();
        long size = 0;
        while (true)
        {
            Piece next = Sequence();
            pattern.Append(next.Pattern);
            size = Checked(size + next.Size);
            if (_at >= _end || _query[_at] != '|') return new Piece(pattern.ToString(), size);
            pattern.Append('|');
            _at++;
        }
    }

    private Piece Sequence()
    {
        var pattern = new StringBuilder();
        long size = 0;
        while (_at < _end && _query[_at] is not ('|' or ')'))
        {
            Piece next = Repeated();
            pattern.Append(next.Pattern);
            size = Checked(size + next.Size);
        }

        return new Piece(pattern.ToString(), size);
    }

    private Piece Repeated()
    {
        Piece atom = Atom();
        for (int layers = 0; _at < _end && _query[_at] is '*' or '+' or '?' or '{'; layers++)
        {
            if (layers == MaxDepth) throw Wrong(_at, "too many repetitions of one another", "leave all but the first away");
            string inner = atom.Pattern == AnyCharacter && _query[_at] is '*' or '+' ? AnyUnit : $"(?:{atom.Pattern})";
            char sign = _query[_at];
            if (sign == '{') atom = Counted(inner, atom.Size);
            else
            {
                _at++;
                atom = new Piece($"(?:{inner}{sign})", Checked(atom.Size + 1));
            }
        }

        return atom;
    }

    private Piece Counted(string inner, long size)
    {
        int start = _at++;
        int? least = Count();
        int? most = least;
        bool open = false;
        if (_at < _end && _query[_at] == ',')
        {
            _at++;
            most = Count();
            open = most is null;
        }

        if (least is null || _at >= _end || _query[_at] != '}' || most < least)
            throw Wrong(start, "this is not a count of repetitions", @"write {n}, {n,} or {n,m} with n up to m, or \{ for the character");
        _at++;
        string bounds = open
            ? string.Create(CultureInfo.InvariantCulture, $"{{{least},}}")
            : string.Create(CultureInfo.InvariantCulture, $"{{{least},{most}}}");
        return new Piece($"(?:{inner}{bounds})", Checked(size * Math.Max(1, open ? least.Value + 1 : most!.Value)));
    }

    private int? Count()
    {
        int start = _at;
        while (_at < _end && char.IsAsciiDigit(_query[_at])) _at++;
        if (_at == start) return null;
        ReadOnlySpan<char> digits = _query.AsSpan(start, _at - start);
        if (int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count <= MaxSize) return count;
        throw Wrong(start, "this repeats too often", string.Create(CultureInfo.InvariantCulture, $"stay at or below {MaxSize}"));
    }

    private Piece Atom()
    {
        int start = _at;
        char c = _query[_at++];
        switch (c)
        {
            case '.':
                return new Piece(AnyCharacter, 2);
            case '(':
                return Group(start);
            case '[':
                return Class(start);
            case '"':
                return Quoted(start);
            case '\\':
                return Escape(start);
            case '*' or '+' or '?' or '{':
                throw Wrong(start, $"there is nothing before this {c} to repeat",
                    $@"put it behind what is repeated, or write \{c} for the character");
            case '^' or '$':
                throw Wrong(start, $"{c} is no anchor here: a regular expression always matches the whole value",
                    $@"remove it, use .* for a part of the value, or write \{c} for the character");
            case '~' or '&' or '@' or '#' or '<':
                throw Wrong(start, $"Lucene's operator {c} is not supported",
                    $@"write \{c} for the character; combine clauses with AND, OR, NOT");
            default:
                _at = start;
                return Literal();
        }
    }

    private Piece Group(int start)
    {
        if (++_depth > MaxDepth) throw Wrong(start, "parentheses are nested too deeply", "write it flatter");
        Piece inner = Alternatives();
        if (_at >= _end) throw Wrong(start, "this ( is not closed in the regular expression", @"add ), or write \( for the character");
        _at++;
        _depth--;
        return new Piece($"(?:{inner.Pattern})", inner.Size);
    }

    private Piece Quoted(int start)
    {
        var pattern = new StringBuilder();
        int first = _at;
        while (_at < _end && _query[_at] != '"') pattern.Append(Encoded(_query[_at++]));
        if (_at >= _end) throw Wrong(start, "this quote has no end in the regular expression", @"add "", or write \"" for the character");
        int size = _at++ - first;
        return new Piece($"(?:{pattern})", Checked(size));
    }

    private Piece Escape(int start)
    {
        if (_at >= _end) throw Wrong(start, "nothing follows the backslash", @"write \\ for the character");
        char c = _query[_at];
        if (Shorthand(c) is { } items)
        {
            _at++;
            return new Piece(char.IsUpper(c) ? Negated(items) : $"[{items}]", 2);
        }

        if (char.IsAsciiLetterOrDigit(c))
            throw Wrong(start, $@"\{c} is nothing in Lucene's regular expressions", @"use \d, \w, \s or a class like [a-z]");
        return Literal();
    }

    private Piece Literal()
    {
        char c = _query[_at++];
        if (!char.IsHighSurrogate(c) || _at >= _end || !char.IsLowSurrogate(_query[_at])) return new Piece(Encoded(c), 1);
        return new Piece($"(?:{Encoded(c)}{Encoded(_query[_at++])})", 2);
    }

    private Piece Class(int start)
    {
        bool negated = _at < _end && _query[_at] == '^';
        if (negated) _at++;
        var items = new StringBuilder();
        while (_at < _end && _query[_at] != ']')
        {
            if (_query[_at] == '\\' && _at + 1 < _end && Shorthand(_query[_at + 1]) is { } shorthand)
            {
                if (char.IsUpper(_query[_at + 1]))
                    throw Wrong(_at, "a negated shorthand cannot stand in a class",
                        "use it outside of the brackets, or list what you mean");
                items.Append(shorthand);
                _at += 2;
                continue;
            }

            int from = _at;
            char low = ClassCharacter(start);
            char high = low;
            if (_at < _end && _query[_at] == '-')
            {
                // Lucene would take the bracket for the range's end.
                if (++_at >= _end || _query[_at] == ']')
                    throw Wrong(_at - 1, "a range of characters lacks its end", @"write \- for the character");
                high = ClassCharacter(start);
                if (high < low) throw Wrong(from, "this range of characters is the wrong way round", "write the lower character first");
            }

            items.Append(Encoded(low));
            if (high != low) items.Append('-').Append(Encoded(high));
        }

        if (_at >= _end) throw Wrong(start, "this [ is not closed", @"add ], or write \[ for the character");
        if (items.Length == 0) throw Wrong(start, "this class is empty", @"list characters in it, or write \[\] for the characters");
        _at++;
        return new Piece(negated ? Negated(items.ToString()) : $"[{items}]", 2);
    }

    private char ClassCharacter(int start)
    {
        int from = _at;
        bool escaped = _query[_at] == '\\';
        if (escaped && ++_at >= _end) throw Wrong(start, "this [ is not closed", @"add ], or write \[ for the character");
        char c = _query[_at++];
        if (escaped && char.IsAsciiLetterOrDigit(c))
            throw Wrong(from, $@"\{c} is nothing in Lucene's regular expressions", "use the character itself");
        if (char.IsSurrogate(c))
            throw Wrong(from, "characters outside of Unicode's basic plane cannot stand in a class", "write them as alternatives: (x|y)");
        return c;
    }

    // Lucene's are ASCII.
    private static string? Shorthand(char c) => c switch
    {
        'd' or 'D' => "0-9",
        'w' or 'W' => "A-Za-z0-9_",
        's' or 'S' => @"\u0020\u0009\u000A\u000D",
        _ => null,
    };

    private static string Negated(string items) => $@"(?:[\uD800-\uDBFF][\uDC00-\uDFFF]|[^{items}\uD800-\uDFFF])";

    private static string Encoded(char c) =>
        char.IsAsciiLetterOrDigit(c) ? c.ToString() : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");

    private long Checked(long size) => size <= MaxSize
        ? size
        : throw Wrong(_at, "the regular expression is too large", "count less, or split it into several clauses");

    private QueryStringException Wrong(int position, string problem, string remedy) =>
        new(_query, Math.Min(position, _query.Length), problem, remedy);
}
