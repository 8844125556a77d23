using CsCheck;
using Streams.Engine.QueryStrings;
using Streams.Events;
using Streams.Testing;
using Xunit;

namespace Streams.Engine.Tests.QueryStrings;

public sealed class QueryStringPropertyTests
{
    private static readonly FakeEvent Sample = FakeEvent.Of("a=x; b=[x|1]; c=#1; process.executable=/usr/bin/git; t=@2024-05-01T10:00:00Z");

    private static readonly Gen<string> Piece = Gen.OneOf(
        "a", "b", "c", ":", "a:", "a:x", "b:1", " ", " ", "(", ")", "AND", " AND ", " OR ", "NOT ", "&&", " || ", "!", "+", "-", "\"",
        "\"x y\"", "/", "/x.*/", "a:/[a-z]{1,3}/", "[", "]", "{", "}", "TO", "[1 TO 5]", "{a TO *]", "a:[* TO 9}", ">", ">=", "<1",
        "*", "?",
        "a*b?", "\\", "\\:", "\\u0041", "~", "^2", "_exists_:", "_exists_:a", "10.0.0.0/8", "a:fe80::1", "a:::/0", "2024-05-01",
        "a:>2024-05-01T10:00:00Z", "now-1d", "||", "“",
        "\n", "\t", "\0", "é", "😀", "\ud83d", "\u202e", "[^", "]+", "{2}", "|", ".", "$", "#",
        "process.executable:");

    private static readonly Gen<string> AnyText = Gen.OneOf(
        Piece.Array[0, 14].Select(string.Concat),
        Gen.String[0, 40],
        Piece.Array[1, 8].Select(p => $"a:/{string.Concat(p)}/"));

    private static readonly Gen<string> FieldName = Gen.OneOf("a", "b.c", "d_e");
    private static readonly Gen<string> Value = Gen.OneOf(
        Gen.OneOf("", "x", "xy", "1", "12", "-3", "x*", "x y", "a\"b", "\\", "yx", "AND"), Gen.String[Gen.Char["xy1"], 0, 4]);

    private static readonly Gen<NaiveQuery> Leaf = Gen.OneOf(
        Gen.Select(FieldName, Value, (field, value) => (NaiveQuery)new NaiveQuery.Exact(field, value)),
        Gen.Select(FieldName, Gen.String[Gen.Char["xy1*?\\ "], 1, 6], (field, pattern) =>
            pattern.Any(c => c is '*' or '?') && pattern.Any(c => c != '*')
            ? (NaiveQuery)new NaiveQuery.Wildcard(field, pattern)
            : new NaiveQuery.Exists(field, true)),
        Gen.Select(FieldName, Gen.OneOf("x", "x.", "x*y?", "(x|y)+", "[xy]{2}", "[^x]*", "x|y|1.", ".*1", "(xy)?(1|2)"),
            (field, pattern) => (NaiveQuery)new NaiveQuery.Regexp(field, pattern)),
        Gen.Select(FieldName, Gen.Int[-5, 15], Gen.Bool, Gen.Int[1, 10], Gen.Bool,
            (field, low, includesLow, width, includesHigh) =>
                (NaiveQuery)new NaiveQuery.Between(field, low, includesLow, low + width, includesHigh)),
        Gen.Select(FieldName, Gen.Bool, (field, star) => (NaiveQuery)new NaiveQuery.Exists(field, star)));

    private static readonly Gen<NaiveQuery> Query = Gen.Recursive<NaiveQuery>((depth, inner) => depth > 4
        ? Leaf
        : Gen.Frequency(
            (2, Leaf),
            (2, Gen.Select(inner, inner, (left, right) => (NaiveQuery)new NaiveQuery.And(left, right))),
            (2, Gen.Select(inner, inner, Gen.Bool, (left, right, words) => (NaiveQuery)new NaiveQuery.Or(left, right, words))),
            (1, Gen.Select(inner, Gen.OneOf("NOT ", "!", "-"), (part, sign) => (NaiveQuery)new NaiveQuery.Not(part, sign)))));

    private static readonly Gen<Dictionary<string, string[]>> Document =
        Gen.Dictionary(FieldName, Value.Array[1, 3])[0, 3];

    private static readonly Gen<string> RoutedQuery = Gen.Recursive<string>((depth, inner) => depth > 4
        ? Gen.OneOf("auditd.data.syscall:execve", "auditd.data.syscall:connect", "auditd.data.syscall:b*", "a:x", "a:y")
        : Gen.OneOf(
            Gen.Select(inner, inner, (left, right) => $"({left}) AND ({right})"),
            Gen.Select(inner, inner, (left, right) => $"({left}) OR ({right})"),
            inner.Select(part => $"NOT ({part})"),
            Gen.OneOf("auditd.data.syscall:execve", "auditd.data.syscall:bind", "auditd.data.syscall:b*", "a:x")));

    [Fact]
    public void Any_text_is_read_or_refused_with_a_place() => AnyText.Sample(
        text =>
        {
            try
            {
                QueryString query = QueryString.Parse(text);
                query.Compile()(Sample);
                Assert.Equal(query.ToString(), QueryString.Parse(query.ToString()).ToString());
            }
            catch (QueryStringException error)
            {
                Assert.InRange(error.Position, 0, text.Length);
                Assert.NotEmpty(error.Rendering);
            }
        },
        iter: Campaign.Cases(10_000));

    [Fact]
    public void A_query_answers_as_its_plain_meaning_does() => Gen.Select(Query, Gen.Bool, Document.Array[3]).Sample(
        (naive, spare, documents) =>
        {
            QueryString query = QueryString.Parse(naive.Write(spare));
            Func<Event, bool> compiled = query.Compile();
            Func<Event, bool> canonical = QueryString.Compile(query.ToString());
            foreach (Dictionary<string, string[]> document in documents)
            {
                var fields = document.ToDictionary(
                    f => f.Key, f => f.Value.Length == 1 ? FieldValue.From(f.Value[0]) : FieldValue.From(f.Value));
                bool expected = naive.Matches(document);
                Assert.Equal(expected, compiled(new FakeEvent(fields)));
                Assert.Equal(expected, canonical(new FakeEvent(fields)));
            }
        },
        iter: Campaign.Cases(2_000));

    [Fact]
    public void What_lacks_the_required_names_never_matches() => Gen.Select(
        RoutedQuery, Gen.OneOf("execve", "connect", "bind", "openat").Array[1, 2], (query, calls) => (query, calls)).Sample(
        (text, calls) =>
        {
            QueryString query = QueryString.Parse(text);
            var fields = new Dictionary<string, FieldValue>
            {
                ["auditd.data.syscall"] = FieldValue.From(calls),
                ["a"] = FieldValue.From("x"),
            };
            bool lacking = query.RequiredSyscalls is { } required && !calls.Any(required.Contains);
            if (lacking) Assert.False(query.Compile()(new FakeEvent(fields)));
        },
        iter: Campaign.Cases(2_000));
}
