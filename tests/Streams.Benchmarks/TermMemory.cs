using System.Globalization;
using Streams.Engine;
using Streams.Events;
using Streams.Events.Input;

namespace Streams.Benchmarks;

/// <summary>What NewTerm keeps of each of a million terms.</summary>
internal static class TermMemory
{
    private const int Terms = 1_000_000;

    public static void Print(TextWriter output)
    {
        var script = new QueryScript();
        int next = 0;
        script.Query("terms", Severity.Low, "Measured")
            .From(audit => audit.NewTerm("terms", _ => Name(next), TimeSpan.FromDays(30), TimeSpan.FromDays(1)))
            .Alert(n => n.Term);
        using var engine = new QueryEngine(new EngineOptions(), script.Queries, _ => { });
        Event[] one = [Testing.Audit.Execve("web-01", "2026-01-02T03:04:05.678Z", 42, "/usr/bin/id", ["id"])];
        engine.Admit(new Batch(one));
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (next = 1; next < Terms; next++) engine.Admit(new Batch(one));
        long after = GC.GetTotalMemory(forceFullCollection: true);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"NewTerm: {(double)(after - before) / Terms:0.0} bytes a term, {Terms} terms"));
        GC.KeepAlive(engine);
    }

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"/usr/lib/program/{number}");
}
