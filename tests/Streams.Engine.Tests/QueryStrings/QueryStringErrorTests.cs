using Streams.Engine.QueryStrings;
using Xunit;

namespace Streams.Engine.Tests.QueryStrings;

public sealed class QueryStringErrorTests
{
    [Theory]
    [InlineData("", 0, "empty", "write *")]
    [InlineData("   ", 3, "empty", "write *")]
    [InlineData("sshd", 0, "needs a field", "field:value")]
    [InlineData("a:x and b:y", 4, "needs a field", "AND")]
    [InlineData("a=x", 0, "needs a field", "a:value with a colon")]
    [InlineData("\"some words\"", 0, "needs a field", "field:value")]
    [InlineData(":x", 0, "no field before", "field:value")]
    [InlineData("a:", 2, "no value after a:", "a:*")]
    [InlineData("(a:)", 3, "no value after a:", "a:*")]
    [InlineData("a:x AND", 7, "nothing after AND", "add a clause")]
    [InlineData("(a:x OR) b:y", 7, "nothing after OR", "add a clause")]
    [InlineData("AND a:x", 0, "nothing before AND", "add a clause")]
    [InlineData("a:x AND OR b:y", 8, "nothing before OR", "add a clause")]
    [InlineData("a:x || && b:y", 7, "nothing before &&", "add a clause")]
    [InlineData("NOT", 3, "nothing after NOT", "add a clause")]
    [InlineData("NOT NOT a:x", 4, "in a row", "keep one")]
    [InlineData("a:x - b:y", 4, "nothing follows this -", "directly before")]
    [InlineData("a:NOT x", 2, "NOT cannot stand before a value", "NOT a:value")]
    [InlineData("a:AND", 2, "nothing before AND", "quote")]
    [InlineData("a:!x", 2, "! cannot stand before a value", "NOT a:value")]
    [InlineData("(a:x", 0, "not closed", "add )")]
    [InlineData("a:(x OR (y)", 2, "not closed", "add )")]
    [InlineData("a:x AND (", 8, "not closed", "add )")]
    [InlineData("a:( ", 2, "not closed", "add )")]
    [InlineData("a:x)", 3, "closes nothing", "remove it")]
    [InlineData(")", 0, "closes nothing", "remove it")]
    [InlineData("a:()", 3, "nothing in these parentheses", "add a clause")]
    [InlineData("a:\"x", 2, "no end", "add \"")]
    [InlineData("a:\"x\"y", 5, "without a space", "put a space")]
    [InlineData("a:x\"y\"", 3, "inside a word", "quote the whole value")]
    [InlineData("a:x(y)", 3, "without a space", "put a space")]
    [InlineData("a:“x”", 2, "typographic", "use \"")]
    [InlineData("a:x\\", 3, "nothing follows the backslash", "\\\\")]
    [InlineData("a:\\u12", 2, "four hexadecimal", "\\u00e9")]
    [InlineData("a:x:y", 3, "second colon", "quote the value")]
    [InlineData("a:1,b:2", 5, "second colon", "quote the value")]
    [InlineData("a:x||b:y", 3, "inside a word", "spaces around it")]
    [InlineData("a:x~", 3, "fuzzy", "wildcards")]
    [InlineData("a:\"x y\"~2", 7, "fuzzy", "wildcards")]
    [InlineData("a:x^2", 3, "boost", "remove it")]
    [InlineData("(a:x)^2", 5, "boost", "remove it")]
    [InlineData("auditd.data.*:x", 0, "cannot have wildcards", "a:x OR b:x")]
    [InlineData("auditd.data.\\*:x", 0, "cannot have wildcards", "a:x OR b:x")]
    [InlineData("*:x", 0, "cannot have wildcards", "a:x OR b:x")]
    [InlineData("b;c:y", 1, "cannot stand in a field's name", "backslash")]
    [InlineData("process.executable:/usr/bin/git", 19, "followed by more text", "\"/usr/bin/git\"")]
    [InlineData("file.path:/tmp", 10, "no closing /", "quote a path")]
    [InlineData("file.path:/etc/*", 10, "followed by more text", "quote a path")]
    [InlineData("a://", 2, "is empty", "NOT _exists_")]
    [InlineData("a:/^x/", 3, "no anchor", "remove it")]
    [InlineData("a:/x$/", 4, "no anchor", "remove it")]
    [InlineData("a:/*x/", 3, "nothing before this *", "behind what is repeated")]
    [InlineData("a:/(?i)x/", 4, "nothing before this ?", "behind what is repeated")]
    [InlineData("a:/(x/", 3, "not closed", "add )")]
    [InlineData("a:/x)/", 4, "closes nothing", "remove it")]
    [InlineData("a:/[x/", 3, "not closed", "add ]")]
    [InlineData("a:/[]/", 3, "empty", "list characters")]
    [InlineData("a:/[a-]/", 5, "lacks its end", "\\-")]
    [InlineData("a:(x y)", 5, "side by side", "quote a value")]
    [InlineData("a:(z OR x y)", 10, "side by side", "quote a value")]
    [InlineData("a:/[z-a]/", 4, "wrong way round", "lower character first")]
    [InlineData("a:/x{3,2}/", 4, "not a count", "n up to m")]
    [InlineData("a:/x{999999}/", 5, "too often", "2000")]
    [InlineData("a:/(x{1000}){1000}/", 18, "too large", "count less")]
    [InlineData("a:/x&y/", 4, "operator & is not supported", "\\&")]
    [InlineData("a:/<1-5>/", 3, "operator < is not supported", "\\<")]
    [InlineData("a:/\\bx/", 3, "\\b is nothing", "\\d")]
    [InlineData("a:/x/i", 2, "followed by more text", "quote a path")]
    [InlineData("a:[1 2]", 5, "needs TO", "[from TO to]")]
    [InlineData("a:[1 TO 2", 2, "not closed", "close it")]
    [InlineData("a:[1 TO ]", 8, "bound of the range is missing", "[from TO to]")]
    [InlineData("a:[TO 5]", 3, "bound of the range is missing", "[from TO to]")]
    [InlineData("a:[1 TO 2 3]", 10, "should end here", "close it")]
    [InlineData("a:[5 TO 1]", 2, "nothing lies in", "lower bound first")]
    [InlineData("a:{5 TO 5]", 2, "nothing lies in", "lower bound first")]
    [InlineData("a:[z TO b]", 2, "nothing lies in", "lower bound first")]
    [InlineData("a:>", 3, "missing after >", "a:>10")]
    [InlineData("a:>=*", 4, "wildcards cannot stand after >=", "whole value")]
    [InlineData("@timestamp:[now-1h TO now]", 12, "date arithmetic", "write the date")]
    [InlineData("@timestamp:>now-1h", 12, "date arithmetic", "write the date")]
    [InlineData("source.ip:10.0.0.0/33", 10, "prefix is too long", "0 to 32")]
    [InlineData("source.ip:\"::1/129\"", 10, "prefix is too long", "0 to 128")]
    [InlineData("_exists_:a*", 9, "one whole field name", "OR")]
    [InlineData("_exists_:/a/", 9, "needs a field name", "_exists_:process.name")]
    [InlineData("_exists_:[a TO b]", 9, "needs a field name", "_exists_:process.name")]
    public void A_malformed_query_is_refused_with_place_and_remedy(string query, int position, string problem, string remedy)
    {
        var error = Assert.Throws<QueryStringException>(() => QueryString.Parse(query));
        Assert.Equal(position, error.Position);
        Assert.Contains(problem, error.Problem, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_is_rendered_with_a_caret_under_the_place()
    {
        var error = Assert.Throws<QueryStringException>(() => QueryString.Parse("auditd.result:fail AND"));
        Assert.Equal("Query string, character 23: there is nothing after AND; add a clause, or remove the AND", error.Message);
        Assert.Equal(
            "auditd.result:fail AND\n                      ^ there is nothing after AND\nadd a clause, or remove the AND", error.Rendering);
    }

    [Fact]
    public void Of_a_query_of_several_lines_the_line_with_the_mistake_is_shown()
    {
        var error = Assert.Throws<QueryStringException>(() => QueryString.Parse("a:x\nAND b:\"y\nAND c:z"));
        Assert.StartsWith("AND b:\"y\n      ^ ", error.Rendering, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_query_is_shown_around_the_mistake()
    {
        string query = $"a:{new string('x', 500)} ~ {new string('y', 500)}";
        var error = Assert.Throws<QueryStringException>(() => QueryString.Parse(query));
        string[] lines = error.Rendering.Split('\n');
        Assert.Equal(503, error.Position);
        Assert.InRange(lines[0].Length, 1, 130);
        Assert.Equal('~', lines[0][lines[1].IndexOf('^', StringComparison.Ordinal)]);
    }

    [Fact]
    public void An_error_cannot_carry_terminal_control_characters()
    {
        var error = Assert.Throws<QueryStringException>(() => QueryString.Parse("a:\u001b[2Jx \u202e b\u001b]:y\r"));
        Assert.DoesNotContain(error.Message + error.Rendering, c => c != '\n' && (char.IsControl(c) || c == '\u202e'));
    }

    [Theory]
    [InlineData("(")]
    [InlineData("a:(")]
    [InlineData("NOT (")]
    [InlineData("-(")]
    public void A_query_nested_without_end_is_refused(string opening)
    {
        string query = string.Concat(Enumerable.Repeat(opening, 100_000));
        Assert.Contains("nested", Assert.Throws<QueryStringException>(() => QueryString.Parse(query)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_regular_expression_nested_without_end_is_refused() =>
        Assert.Contains("nested", Assert.Throws<QueryStringException>(() => QueryString.Parse($"a:/{new string('(', 100_000)}/")).Problem,
            StringComparison.Ordinal);

    [Fact]
    public void A_query_that_is_too_long_is_refused() =>
        Assert.Contains("too long", Assert.Throws<QueryStringException>(() => QueryString.Parse("a:" + new string('x', 1_000_000))).Problem,
            StringComparison.Ordinal);
}
