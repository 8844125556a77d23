using Xunit;

namespace Streams.Scripting.Tests;

/// <summary>
/// However deep a script is nested, it is compiled or it is a mistake of that file: a stack that overflows would end the process (134).
/// </summary>
[Trait("Found", "P1")]
public sealed class DeepScriptTests
{
    private const string Good = "Query(\"good\", Severity.Low, \"d\").From(audit => audit).Alert(e => e.Host);\n";

    // before and after: what is repeated on either side of the innermost part.
    [Theory]
    [InlineData("int F(int x) => ", "x + ", "x", "", ";", 30_000)]
    [InlineData("string F(string x) => ", "x + ", "x", "", ";", 30_000)]
    [InlineData("bool F(bool x) => ", "x || ", "x", "", ";", 30_000)]
    [InlineData("IEnumerable<int> F(IEnumerable<int> x) => ", "", "x", ".Where(y => y > 0)", ";", 5_000)]
    [InlineData("object F() => ", "(Func<int, object>)(x => ", "1", ")", ";", 1_001)]
    [InlineData("object F() => ", "() => ", "1", "", ";", 2_000)]
    [InlineData("int F(int x) { ", "if (x == 1) return 1; else ", "return 2;", "", " }", 20_000)]
    [InlineData("string F(int x) => ", "$\"{", "x", "}\"", ";", 500)]
    [InlineData("int F(int x) => ", "(", "x", ")", ";", 20_000)]
    [InlineData("int F(int x) => ", "(int)", "x", "", ";", 20_000)]
    [InlineData("int F(int x) => ", "x switch { 1 => ", "1", ", _ => 2 }", ";", 5_000)]
    [InlineData("int F(int x) { ", "{", "return x;", "}", " }", 20_000)]
    [InlineData("bool F(object x) => x is ", "{ P: ", "1", " }", ";", 20_000)]
    [InlineData("bool F(object x) => x is ", "not ", "1", "", ";", 200_000)]
    [InlineData("", "List<", "int", ">", " F() => null!;", 20_000)]
    [InlineData("", "", "int", "[]", " F() => null!;", 20_000)]
    [InlineData("object F(int[] x) => from a in x ", "from b in x ", "", "", "select a;", 3_000)]
    [InlineData("", "class A { ", "", "}", "", 5_000)]
    [InlineData("#if ", "(", "true", ")", "\n#endif", 20_000)]
    [InlineData("#if ", "!", "true", "", "\n#endif", 20_000)]
    [InlineData("#if ", "true || ", "true", "", "\n#endif", 20_000)]
    public void A_script_that_is_nested_too_deep_is_a_mistake_of_its_file(
        string start, string before, string inner, string after, string end, int times)
    {
        string deep = start + Repeated(before, times) + inner + Repeated(after, times) + end;
        using var folder = new QueryFolder(("a.csx", $"{deep}\n{Good.Replace("good", "deep")}"), ("b.csx", Good));

        using LoadResult result = folder.Load();

        Assert.Equal(["good"], result.Queries.Select(query => query.Name));
        Assert.All(result.Errors, error => Assert.Equal(folder.File("a.csx"), error.File));
        ScriptError first = result.Errors[0];
        Assert.True(first is { Line: > 0, Column: > 0 }, first.ToString());
        Assert.True(first.Message.Contains("nested more than", StringComparison.Ordinal)
            || first.Message.EndsWith("(CS8078)", StringComparison.Ordinal), first.ToString());
    }

    [Theory]
    [InlineData("bool F(string x) => ", "x == \"a\" || ", "true;", 480)]
    [InlineData("int F(int x) => ", "x == 1 ? 2 : ", "3;", 200)]
    public void A_long_list_of_conditions_is_compiled(string start, string part, string end, int times)
    {
        using var folder = new QueryFolder(("a.csx", $"{start}{Repeated(part, times)}{end}\n{Good}"));

        using LoadResult result = folder.Load();

        Assert.Empty(result.Errors);
        Assert.Single(result.Queries);
    }

    [Fact]
    public void A_mistake_of_depth_says_where_and_to_split_it()
    {
        using var folder = new QueryFolder(("a.csx", $"\nint F(int x) =>\n  {Repeated("x + ", 2_000)}x;\n{Good}"));

        using LoadResult result = folder.Load();

        Assert.StartsWith($"{folder.File("a.csx")}(3,3): this is nested more than 1000 levels deep; split it: ",
            Assert.Single(result.Errors).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x + ", "")]
    [InlineData("(", ")")]
    public void A_helper_that_is_nested_too_deep_is_named(string before, string after)
    {
        string helper = $"\nint F(int x) => {Repeated(before, 20_000)}x{Repeated(after, 20_000)};";
        using var folder = new QueryFolder(("a.csx", "#load \"lib/deep.csx\"\n" + Good), ("lib/deep.csx", helper));

        using LoadResult result = folder.Load();

        string error = Assert.Single(result.Errors).ToString();
        Assert.Contains("lib/deep.csx", error, StringComparison.Ordinal);
        Assert.Contains("nested more than", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_thousand_files_that_load_each_other_are_a_mistake()
    {
        IEnumerable<(string, string)> helpers =
            Enumerable.Range(0, 2_000).Select(i => ($"lib/{i}.csx", i < 1_999 ? $"#load \"{i + 1}.csx\"\n" : "\n"));
        using var folder = new QueryFolder([("a.csx", "#load \"lib/0.csx\"\n" + Good), ("b.csx", Good), .. helpers]);

        using LoadResult result = folder.Load();

        ScriptError error = Assert.Single(result.Errors);
        Assert.Equal((folder.File("lib/99.csx"), 1), (error.File, error.Line));
        Assert.Equal("b.csx", Assert.Single(result.Queries).File);
    }

    private static string Repeated(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
