using System.Globalization;
using System.Text;
using Streams.Events;

namespace Streams.Engine.QueryStrings;

/// <summary>
/// Reads Lucene's query syntax. AND binds tighter than OR; clauses that stand side by side are alternatives, as Elasticsearch has it by
/// default, but for those marked with +, - or NOT, which all hold. Wherever a character could be read in two ways, the query is refused.
/// </summary>
internal sealed class QueryParser
{
    /// <summary>The longest query, in UTF-16 units.</summary>
    public const int MaxLength = 1_000_000;

    private const int MaxParentheses = 300;
    private const int MaxDepth = 100;
    private const string ExistsName = "_exists_";

    private readonly string _text;
    private int _at;

    // Where the last plain word began that was a whole clause in a group of values.
    private int _lastWordStart = -1;

    private QueryParser(string text) => _text = text;

    private enum Mark
    {
        None,
        Must,
        Not,
    }

    public static Expression Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parser = new QueryParser(text);
        if (text.Length > MaxLength)
            throw parser.Wrong(MaxLength, "the query is too long", "split it into several");
        parser.SkipSpace();
        if (parser.AtEnd) throw parser.Wrong(parser._at, "the query is empty", "write * for every event");
        Expression expression = parser.Level(null, 0);
        if (!parser.AtEnd) throw parser.ClosesNothing();
        return expression;
    }

    private bool AtEnd => _at >= _text.Length;

    // What stands between two parentheses, or all of it.
    private Expression Level(string? scope, int depth)
    {
        int start = _at;
        var must = new List<Expression>();
        var should = new List<Expression>();
        var not = new List<Expression>();
        bool orBefore = false;
        bool wordBefore = false;
        while (true)
        {
            SkipSpace();
            if (AtEnd || _text[_at] == ')')
            {
                if (orBefore) throw Wrong(_at, "there is nothing after OR", "add a clause, or remove the OR");
                break;
            }

            int clauseStart = _at;
            (Mark mark, Expression clause) = Conjunction(scope, depth);
            bool isWord = _lastWordStart == clauseStart;
            // Elasticsearch takes words side by side for one value with spaces when the field is a keyword, else for alternatives.
            if (wordBefore && isWord && !orBefore)
                throw Wrong(clauseStart, "two words stand side by side in a group",
                    "put OR or AND between them, or quote a value that has spaces");
            wordBefore = isWord;
            bool orAfter = TakeOperator("OR", "||");
            bool alternative = orBefore || orAfter;
            if (mark == Mark.Must) must.Add(clause);
            else if (mark == Mark.None) should.Add(clause);
            else if (alternative) should.Add(Expression.Negate(clause));
            else not.Add(Expression.Negate(clause));
            orBefore = orAfter;
        }

        if (must.Count + should.Count + not.Count == 0)
        {
            if (depth == 0) throw ClosesNothing();
            throw AtEnd ? Open(start - 1) : Wrong(_at, "there is nothing in these parentheses", "add a clause, or remove them");
        }

        var parts = new List<Expression>(must);
        // Beside a clause that must hold, Elasticsearch uses the others for the score only.
        if (must.Count == 0 && should.Count > 0) parts.Add(Expression.AnyOf(should));
        parts.AddRange(not);
        Expression whole = Expression.All(parts);
        return whole.Depth <= MaxDepth ? whole : throw Wrong(start, "the query is nested too deeply", "write it flatter");
    }

    private (Mark Mark, Expression Clause) Conjunction(string? scope, int depth)
    {
        _lastWordStart = -1;
        (Mark mark, Expression clause) = Marked(scope, depth);
        if (!TakeOperator("AND", "&&")) return (mark, clause);
        var parts = new List<Expression> { Apply(mark, clause) };
        do
        {
            SkipSpace();
            if (AtEnd || _text[_at] == ')') throw Wrong(_at, "there is nothing after AND", "add a clause, or remove the AND");
            (mark, clause) = Marked(scope, depth);
            parts.Add(Apply(mark, clause));
        }
        while (TakeOperator("AND", "&&"));

        _lastWordStart = -1;
        return (Mark.None, Expression.All(parts));
    }

    private static Expression Apply(Mark mark, Expression clause) => mark == Mark.Not ? Expression.Negate(clause) : clause;

    private (Mark Mark, Expression Clause) Marked(string? scope, int depth)
    {
        Mark mark = TakeMark();
        int second = _at;
        if (mark != Mark.None && TakeMark() != Mark.None)
            throw Wrong(second, "two of NOT, !, + and - stand in a row", "keep one, or use parentheses: NOT (-x)");
        return (mark, Clause(scope, depth));
    }

    private Mark TakeMark()
    {
        SkipSpace();
        if (AtEnd) return Mark.None;
        int start = _at;
        char c = _text[_at];
        if (IsWord("NOT"))
        {
            _at += 3;
            SkipSpace();
            if (AtEnd || _text[_at] == ')')
                throw Wrong(_at, "there is nothing after NOT", "add a clause, or quote \"NOT\" to look for the word");
            return Mark.Not;
        }

        if (c is not ('+' or '-' or '!')) return Mark.None;
        _at++;
        if (c == '!') SkipSpace();
        if (AtEnd || IsSpace(_text[_at]) || _text[_at] == ')')
            throw Wrong(start, $"nothing follows this {c}", $@"write it directly before a clause, or \{c} for the character");
        return c == '+' ? Mark.Must : Mark.Not;
    }

    private Expression Clause(string? scope, int depth)
    {
        SkipSpace();
        if (AtEnd) throw Wrong(_at, "a clause is missing", "write field:value");
        int start = _at;
        if (_text[_at] == '(')
        {
            Expression inner = Parenthesised(scope, depth);
            EndValue(start);
            return inner;
        }

        if (_text[_at] == ')') throw Wrong(_at, "a clause is missing before this )", "write field:value, or remove the )");
        RefuseOperator();
        if (scope is not null && !StartsField()) return Value(scope, depth, inGroup: true);
        if (_text[_at] is '"' or '/' or '[' or '{' or '<' or '>' or '“' or '”' or '„')
            throw Wrong(start, "a value needs a field", "write field:value, for instance process.name:\"sshd\"");
        if (_text[_at] == ':') throw Wrong(start, "there is no field before this colon", "write field:value");

        Word field = ReadWord(stopAtColon: true);
        int afterWord = _at;
        SkipSpace();
        if (AtEnd || _text[_at] != ':')
        {
            if (field.IsStar && afterWord - start == 1)
            {
                _at = afterWord;
                EndValue(start);
                return new Expression.Everything();
            }

            throw WithoutField(start, field);
        }

        _at++;
        if (field.IsStar && !AtEnd && _text[_at] == '*')
        {
            _at++;
            EndValue(start);
            return new Expression.Everything();
        }

        return Value(FieldName(start, field), depth, inGroup: false);
    }

    private Expression Parenthesised(string? scope, int depth)
    {
        int start = _at++;
        if (depth == MaxParentheses) throw Wrong(start, "parentheses are nested too deeply", "write it flatter");
        Expression inner = Level(scope, depth + 1);
        if (AtEnd) throw Open(start);
        _at++;
        return inner;
    }

    private Expression Value(string field, int depth, bool inGroup)
    {
        SkipSpace();
        int start = _at;
        if (AtEnd || _text[_at] == ')')
            throw Wrong(_at, $"there is no value after {field}:", $"write {field}:value, or {field}:* for any value");
        Expression value;
        switch (_text[_at])
        {
            case '(' when !inGroup:
                value = Parenthesised(field, depth);
                break;
            case '"':
                value = Exactly(field, Quoted(), start);
                break;
            case '/':
                value = RegularExpression(field);
                break;
            case '[' or '{':
                value = Between(field);
                break;
            case '<' or '>':
                value = Compared(field);
                break;
            default:
                value = Term(field, start);
                break;
        }

        EndValue(start);
        _lastWordStart = inGroup && value is Expression.Exact or Expression.Exists && _text[start] != '"' ? start : -1;
        return value;
    }

    private Expression Term(string field, int start)
    {
        if (_text[_at] == ':' && TypedWithColon() is null) throw Wrong(_at, "there is one colon too many", "remove it, or quote the value");
        if (_text[_at] == '!') throw Wrong(_at, "! cannot stand before a value", $"write NOT {field}:value");
        if (_text[_at] is '-' or '+' && (_at + 1 >= _text.Length || IsSpace(_text[_at + 1])))
            throw Wrong(_at, $"nothing follows this {_text[_at]}", "add the value, or quote it");
        RefuseOperator();
        if (IsWord("NOT"))
            throw Wrong(_at, "NOT cannot stand before a value", $"write NOT {field}:value, or quote \"NOT\" to look for the word");
        if (TypedWithColon() is { } typed)
        {
            _at += typed.Length;
            return Exactly(field, typed, start);
        }

        Word word = ReadWord(stopAtColon: false);
        if (!word.HasWildcards) return Exactly(field, word.Text, start);
        if (field == ExistsName) throw Wrong(start, "_exists_ needs one whole field name", "name the field; several of them with OR");
        return word.IsStar
            ? new Expression.Exists(Field.Of(field))
            : new Expression.Wildcard(Field.Of(field), WildcardPattern.Of(word.Text, word.Wild));
    }

    private Expression Exactly(string field, string value, int start)
    {
        if (field == ExistsName)
        {
            if (value.Length == 0) throw Wrong(start, "_exists_ needs a field name", "write _exists_:process.name");
            return new Expression.Exists(Field.Of(value));
        }

        if (Network.Parse(value, out _) == Network.Reading.BadPrefix)
            throw Wrong(start, "the network's prefix is too long", "IPv4 has 0 to 32 bits, IPv6 0 to 128");
        return new Expression.Exact(Field.Of(field), value);
    }

    private Expression.Regexp RegularExpression(string field)
    {
        const string Quote = "a value that starts with / is read as a regular expression up to the next /; quote a path: \"/usr/bin/git\"";
        int start = _at++;
        RefuseExists(field, start);
        while (!AtEnd && _text[_at] != '/') _at += _text[_at] == '\\' ? 2 : 1;
        if (AtEnd) throw Wrong(start, "this regular expression has no closing /", Quote);
        int end = _at++;
        if (!AtEnd && !IsSpace(_text[_at]) && _text[_at] is not (')' or '^' or '~'))
            throw Wrong(start, "this regular expression is followed by more text", Quote);
        if (end == start + 1) throw Wrong(start, "the regular expression is empty", "use NOT _exists_:field for a field that is not there");
        string pattern = LuceneRegex.Translate(_text, start + 1, end);
        return new Expression.Regexp(Field.Of(field), _text[(start + 1)..end], pattern);
    }

    private Expression Between(string field)
    {
        int start = _at;
        RefuseExists(field, start);
        bool includesLower = _text[_at++] == '[';
        string? lower = Bound(start);
        SkipSpace();
        if (!IsWord("TO")) throw Wrong(_at, "a range needs TO between its bounds", "write [from TO to], * for an open end");
        _at += 2;
        string? upper = Bound(start);
        SkipSpace();
        if (AtEnd) throw Unclosed(start);
        if (_text[_at] is not (']' or '}'))
            throw Wrong(_at, "the range should end here", "close it with ] or }; quote a bound that has spaces");
        bool includesUpper = _text[_at++] == ']';
        return InRange(field, new ValueRange(lower, includesLower, upper, includesUpper), start);
    }

    private string? Bound(int start)
    {
        SkipSpace();
        if (AtEnd) throw Unclosed(start);
        int first = _at;
        if (_text[_at] == '"') return Timeless(Quoted(), first);
        var bound = new StringBuilder();
        while (!AtEnd && !IsSpace(_text[_at]) && _text[_at] is not (']' or '}'))
        {
            if (_text[_at] is '[' or '{' or '"')
                throw Wrong(_at, $"{_text[_at]} stands inside a bound", $@"quote the bound, or write \{_text[_at]}");
            bound.Append(_text[_at] == '\\' ? Escaped() : _text[_at++]);
        }

        if (_at == first || _text.AsSpan(first, _at - first) is "TO")
            throw Wrong(first, "a bound of the range is missing", "write [from TO to], * for an open end");
        return _text.AsSpan(first, _at - first) is "*" ? null : Timeless(bound.ToString(), first);
    }

    private Expression Compared(string field)
    {
        int start = _at;
        RefuseExists(field, start);
        bool greater = _text[_at++] == '>';
        bool inclusive = !AtEnd && _text[_at] == '=';
        if (inclusive) _at++;
        SkipSpace();
        int first = _at;
        string sign = _text[start..first].Trim();
        if (AtEnd || _text[_at] is '(' or ')' or '<' or '>' or '=' or '[' or '{' or '/' or '!')
            throw Wrong(_at, $"a value is missing after {sign}", $"write {field}:{sign}10");
        string bound;
        if (_text[_at] == '"') bound = Quoted();
        else if (TypedWithColon() is { } typed)
        {
            bound = typed;
            _at += typed.Length;
        }
        else
        {
            RefuseOperator();
            Word word = ReadWord(stopAtColon: false);
            if (word.HasWildcards) throw Wrong(first, $"wildcards cannot stand after {sign}", "write the whole value, or quote it");
            bound = word.Text;
        }

        bound = Timeless(bound, first);
        ValueRange range = greater ? new(bound, inclusive, null, true) : new(null, true, bound, inclusive);
        return InRange(field, range, start);
    }

    private Expression InRange(string field, ValueRange range, int start)
    {
        if (range.Lower is null && range.Upper is null) return new Expression.Exists(Field.Of(field));
        if (range.IsEmpty)
            throw Wrong(start, "nothing lies in this range", "write the lower bound first, and include a bound that is both");
        return new Expression.Range(Field.Of(field), range);
    }

    // A query answers the same whenever it is run.
    private string Timeless(string bound, int start)
    {
        bool now = bound.StartsWith("now", StringComparison.Ordinal) && (bound.Length == 3 || bound[3] is '+' or '-' or '/');
        if (now || bound.Contains("||", StringComparison.Ordinal))
            throw Wrong(start, "date arithmetic is not supported",
                "write the date; a query that looks back uses an operator such as Frequency");
        return bound;
    }

    private string Quoted()
    {
        int start = _at++;
        var value = new StringBuilder();
        while (!AtEnd && _text[_at] != '"') value.Append(_text[_at] == '\\' ? Escaped() : _text[_at++]);
        if (AtEnd) throw Wrong(start, "this quote has no end", @"add "", or write \"" for the character");
        _at++;
        return value.ToString();
    }

    private char Escaped()
    {
        int start = _at++;
        if (AtEnd) throw Wrong(start, "nothing follows the backslash", @"write \\ for the character");
        char c = _text[_at++];
        if (c != 'u') return c;
        ReadOnlySpan<char> digits = _text.AsSpan(_at, Math.Min(4, _text.Length - _at));
        if (digits.Length == 4 && ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort unit))
        {
            _at += 4;
            return (char)unit;
        }

        throw Wrong(start, @"\u needs four hexadecimal digits", @"write \u00e9, or \\u for the characters");
    }

    // Characters up to a space, a parenthesis or, where a field may stand, a colon.
    private Word ReadWord(bool stopAtColon)
    {
        var text = new StringBuilder();
        var wild = new List<bool>();
        int start = _at;
        while (!AtEnd)
        {
            char c = _text[_at];
            if (IsSpace(c) || c is '(' or ')' || (c == ':' && stopAtColon)) break;
            if (c == '\\')
            {
                text.Append(Escaped());
                wild.Add(false);
                continue;
            }

            RefuseInWord(c, start);
            text.Append(c);
            wild.Add(c is '*' or '?');
            _at++;
        }

        return new Word(text.ToString(), wild);
    }

    private void RefuseInWord(char c, int start)
    {
        switch (c)
        {
            case ':':
                throw Wrong(_at, "there is a second colon in the value",
                    @"quote the value, or write \: for the character; put a space before the next clause");
            case '~':
                throw Wrong(_at, "fuzzy search (~) is not supported",
                    @"use wildcards or a regular expression, or write \~ for the character");
            case '^':
                throw Wrong(_at, "a boost (^) has no meaning: events match or do not", @"remove it, or write \^ for the character");
            case '"' or '[' or ']' or '{' or '}':
                throw Wrong(_at, $"{c} cannot stand {(_at == start ? "here" : "inside a word")}",
                    $@"quote the whole value, or write \{c} for the character");
            case '“' or '”' or '„':
                throw Wrong(_at, "this is a typographic quote", @"use "", or put a backslash before it to look for the character");
            case '&' or '|' when _at + 1 < _text.Length && _text[_at + 1] == c:
                throw Wrong(_at, $"{c}{c} stands inside a word", "put spaces around it, or quote the value");
            default:
                return;
        }
    }

    private string FieldName(int start, Word field)
    {
        if (field.HasWildcards || field.Text.Contains('*', StringComparison.Ordinal) || field.Text.Contains('?', StringComparison.Ordinal))
            throw Wrong(start, "a field's name cannot have wildcards", "name each field: a:x OR b:x");
        int at = start;
        foreach (char c in field.Text)
        {
            bool escaped = at < _text.Length && _text[at] == '\\';
            if (!escaped && !Expression.IsFieldCharacter(c))
                throw Wrong(at, $"{c} cannot stand in a field's name", @"put a backslash before it, or put spaces between the clauses");
            at += !escaped ? 1 : at + 1 < _text.Length && _text[at + 1] == 'u' ? 6 : 2;
        }

        return field.Text;
    }

    private QueryStringException WithoutField(int start, Word word)
    {
        string problem = "a word needs a field; all fields at once are not searched";
        if (word.Text is "and" or "or" or "not") return Wrong(start, problem, $"operators are in capitals: {word.Text.ToUpperInvariant()}");
        int equals = word.Text.IndexOf('=', StringComparison.Ordinal);
        if (equals > 0) return Wrong(start, problem, $"write {word.Text[..equals].TrimEnd('!', '=', '<', '>')}:value with a colon");
        return Wrong(start, problem, "write field:value; quote a value that has spaces: process.title:\"ls -l\"");
    }

    // In a group of values, whether a field of its own follows.
    private bool StartsField()
    {
        if (TypedWithColon() is not null) return false;
        int at = _at;
        while (at < _text.Length && (Expression.IsFieldCharacter(_text[at]) || _text[at] == '\\')) at += _text[at] == '\\' ? 2 : 1;
        return at > _at && at < _text.Length && _text[at] == ':';
    }

    // An address, a network or a date may have colons without quotes: nothing else looks like it.
    private string? TypedWithColon()
    {
        int end = _at;
        while (end < _text.Length && !IsSpace(_text[end]) && _text[end] is not ('(' or ')')) end++;
        ReadOnlySpan<char> run = _text.AsSpan(_at, end - _at);
        if (run.Length > 64 || !run.Contains(':')) return null;
        bool typed = AddressText.TryParse(run, out _) || DateText.TryParse(run, out _)
            || Network.Parse(run, out _) != Network.Reading.Other;
        return typed ? run.ToString() : null;
    }

    // Behind a value: the end, a space, a closing parenthesis.
    private void EndValue(int start)
    {
        if (AtEnd || IsSpace(_text[_at]) || _text[_at] == ')') return;
        if (_text[_at] is '~' or '^') RefuseInWord(_text[_at], start);
        throw Wrong(_at, "this follows a value without a space", "put a space, AND or OR between, or quote the whole value");
    }

    private void RefuseExists(string field, int start)
    {
        if (field == ExistsName) throw Wrong(start, "_exists_ needs a field name", "write _exists_:process.name");
    }

    private void RefuseOperator()
    {
        foreach (string word in (ReadOnlySpan<string>)["AND", "OR", "&&", "||"])
        {
            bool found = word[0] is '&' or '|' ? _text.AsSpan(_at).StartsWith(word, StringComparison.Ordinal) : IsWord(word);
            if (found) throw Wrong(_at, $"there is nothing before {word}", $"add a clause, or quote \"{word}\" to look for the word");
        }
    }

    private bool TakeOperator(string word, string sign)
    {
        SkipSpace();
        bool isSign = _text.AsSpan(_at).StartsWith(sign, StringComparison.Ordinal);
        if (!isSign && !IsWord(word)) return false;
        _at += isSign ? sign.Length : word.Length;
        return true;
    }

    private bool IsWord(string word)
    {
        if (!_text.AsSpan(_at).StartsWith(word, StringComparison.Ordinal)) return false;
        int end = _at + word.Length;
        return end == _text.Length || IsSpace(_text[end]) || _text[end] is '(' or ')' or '"' or ']' or '}';
    }

    private void SkipSpace()
    {
        while (!AtEnd && IsSpace(_text[_at])) _at++;
    }

    private static bool IsSpace(char c) => char.IsWhiteSpace(c);

    private QueryStringException ClosesNothing() => Wrong(_at, "this ) closes nothing", @"remove it, or write \) for the character");

    private QueryStringException Open(int start) => Wrong(start, "this ( is not closed", @"add ), or write \( for the character");

    private QueryStringException Unclosed(int start) =>
        Wrong(start, "this range is not closed", "close it with ] (included) or } (excluded)");

    private QueryStringException Wrong(int position, string problem, string remedy) =>
        new(_text, Math.Min(position, _text.Length), problem, remedy);

    private readonly record struct Word(string Text, IReadOnlyList<bool> Wild)
    {
        public bool HasWildcards => Wild.Contains(true);

        public bool IsStar => Text.Length > 0 && Text.All(c => c == '*') && !Wild.Contains(false);
    }
}
