using Streams.Engine;
using Streams.Events;
using Xunit;

namespace Streams.Scripting.Tests;

/// <summary>A query that calls itself without end is an ordinary fault: without a check of the stack the process would end (134).</summary>
[Trait("Found", "P1")]
public sealed class RecursionTests
{
    // Each is a condition, with what it needs, that calls itself without end.
    private static readonly (string Declared, string Condition)[] Recursions =
    [
        ("int F(int n) { return F(n + 1) + 1; }", "F(0) > 0"),
        ("int F(int n) => F(n + 1) + 1;", "F(0) > 0"),
        ("int F(int n) => G(n) + 1; int G(int n) => F(n) + 1;", "F(0) > 0"),
        ("int F(int n) { int G(int m) => G(m + 1) + 1; return G(n); }", "F(0) > 0"),
        ("int F(int n) { Func<int, int> g = null!; g = m => { return g(m + 1) + 1; }; return g(n); }", "F(0) > 0"),
        ("int F(int n) { Func<int, int> g = null!; g = delegate(int m) { return g(m + 1) + 1; }; return g(n); }", "F(0) > 0"),
        ("bool F(int n) => Enumerable.Range(n, 9).Any(m => F(m + 1));", "F(0)"),
        ("IEnumerable<int> F(int n) { foreach (int m in F(n + 1)) yield return m; }", "F(0).Any()"),
        ("class A { public int P { get { return P + 1; } } }", "new A().P > 0"),
        ("class A { public int P => P + 1; }", "new A().P > 0"),
        ("class A { public int this[int n] => this[n + 1] + 1; }", "new A()[0] > 0"),
        ("class A { public int P { get; init; } public A() { P = new A().P + 1; } }", "new A().P > 0"),
        ("class A { public int P { get; } = new A().P + 1; }", "new A().P > 0"),
        ("class A { public static A operator +(A left, int n) => (left + (n + 1)) ?? left; }", "(new A() + 1) is null"),
        ("class A { public static implicit operator int(A one) => 1 + one; }", "new A() > 0"),
        ("record A(int N) { public int P => (this with { N = N + 1 }).P + 1; }", "new A(1).P > 0"),
        ("class A { public int N { get => 1; init { N = new A { N = value + 1 }.N; } } }", "new A { N = 1 }.N > 0"),
        ("interface I { int F(int n) => F(n + 1) + 1; } class A : I { }", "((I)new A()).F(1) > 0"),
    ];

    [Fact]
    public void Endless_recursion_in_any_function_is_a_fault_and_then_quarantine()
    {
        using var folder = new QueryFolder([
            .. Recursions.Select((written, i) => ($"deep-{i}.csx", $"{written.Declared}\n{Query($"deep-{i}", written.Condition)}")),
            ("good.csx", Query("good", "true")),
        ]);

        (List<QueryNotice> notices, List<Alert> alerts) = Run(folder.Load(), events: 6);

        Assert.All(notices, notice => Assert.IsType<InsufficientExecutionStackException>(notice.Exception));
        foreach (int i in Enumerable.Range(0, Recursions.Length))
        {
            string found = string.Join(' ', notices.Where(notice => notice.Query == $"deep-{i}").Select(notice => notice.Kind));
            Assert.Equal($"{Recursions[i]} Fault Fault Fault Quarantined", $"{Recursions[i]} {found}");
        }

        Assert.Equal(6, alerts.Count(alert => alert.Query == "good"));
    }

    [Fact]
    public void A_recursion_in_a_helper_is_a_fault_at_its_place()
    {
        using var folder = new QueryFolder(
            ("a.csx", "#load \"lib/deep.csx\"\n" + Query("deep", "F(0) > 0")), ("lib/deep.csx", "int F(int n) =>\n    F(n + 1) + 1;"));

        (List<QueryNotice> notices, _) = Run(folder.Load(), events: 1);

        Assert.StartsWith("lib/deep.csx(2,5): ", ScriptFault.Describe(Assert.Single(notices).Exception), StringComparison.Ordinal);
    }

    [Fact]
    public void A_script_from_the_cache_has_the_check_as_well()
    {
        using var folder = new QueryFolder(("a.csx", "int F(int n) => F(n + 1) + 1;\n" + Query("deep", "F(0) > 0")));
        folder.Load(cached: true).Dispose();

        LoadResult cached = folder.Load(cached: true);

        Assert.Equal((0, 1), (cached.Compiled, cached.Cached));
        Assert.IsType<InsufficientExecutionStackException>(Assert.Single(Run(cached, events: 1).Notices).Exception);
    }

    [Theory]
    [InlineData("int deep = F(0);\n", "\"a:b\"")]
    [InlineData("", "F(0) > 0 ? \"a:b\" : \"a:c\"")]
    public void Endless_recursion_while_a_script_is_loaded_is_its_error(string statement, string filter)
    {
        string query = $"Query(\"deep\", Severity.Low, \"d\").From(audit => audit.Where({filter})).Alert(e => e.Host);\n";
        using var folder = new QueryFolder(
            ("a.csx", "int F(int n) => F(n + 1) + 1;\n" + statement + query), ("b.csx", Query("good", "true")));

        using LoadResult result = folder.Load();

        Assert.Equal(["good"], result.Queries.Select(query => query.Name));
        ScriptError error = Assert.Single(result.Errors);
        Assert.Equal(folder.File("a.csx"), error.File);
        Assert.InRange(error.Line, 1, 3);
        Assert.StartsWith("a function calls itself without end", error.Message, StringComparison.Ordinal);
    }

    private static string Query(string name, string condition) =>
        $"Query(\"{name}\", Severity.Low, \"d\").From(audit => audit.All.Where(e => {condition})).Alert(e => e.Host);\n";

    private static (List<QueryNotice> Notices, List<Alert> Alerts) Run(LoadResult scripts, int events)
    {
        using LoadResult loaded = scripts;
        Assert.Empty(scripts.Errors);
        List<QueryNotice> notices = [];
        List<Alert> alerts = [];
        using var engine = new QueryEngine(new EngineOptions { Notices = notices.Add }, scripts.Queries, alerts.Add);
        for (int i = 0; i < events; i++)
            engine.Admit(new Events.Input.Batch(new Event[] { new Heartbeat("web1", "audit", DateTimeOffset.UnixEpoch, (ulong)i) }));
        return (notices, alerts);
    }
}
