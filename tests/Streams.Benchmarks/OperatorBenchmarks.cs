using System.Reactive.Linq;
using BenchmarkDotNet.Attributes;
using Streams.Engine;
using Streams.Events;
using Streams.Events.Input;
using Streams.Testing;

namespace Streams.Benchmarks;

/// <summary>
/// One operator over elements that arrive in order, a millisecond apart and a key of 16 in turn. One operation is one element, with all
/// that the engine does for an event.
/// </summary>
[MemoryDiagnoser]
public class OperatorBenchmarks
{
    private const int Elements = 65_536;

    private QueryEngine _engine = null!;
    private Event[] _events = [];
    private int _hours;

    /// <summary>What is measured.</summary>
    [Params("no operator", "frequency, no episode", "frequency, open", "distinct, no episode", "distinct, open", "suppress", "sequence")]
    public string Operator { get; set; } = "";

    /// <summary>One query.</summary>
    [GlobalSetup]
    public void Compose()
    {
        var script = new QueryScript();
        QueryBuilder query = script.Query("measured", Severity.Low, "Measured");
        switch (Operator)
        {
            case "frequency, no episode":
                query.From(a => Keys(a).Frequency("f", n => n.Text, 100, TimeSpan.FromSeconds(1))).Alert(_ => "");
                break;
            case "frequency, open":
                query.From(a => Keys(a).Frequency("f", n => n.Text, 5, TimeSpan.FromSeconds(10))).Alert(_ => "");
                break;
            case "distinct, no episode":
                query.From(a => Keys(a).Frequency("f", n => n.Text, 100, TimeSpan.FromSeconds(1), n => n.Collector)).Alert(_ => "");
                break;
            case "distinct, open":
                query.From(a => Keys(a).Frequency("f", n => n.Text, 1, TimeSpan.FromSeconds(10), n => n.Collector)).Alert(_ => "");
                break;
            case "suppress":
                query.From(a => Keys(a).Suppress("s", n => n.Text, TimeSpan.FromDays(365))).Alert(_ => "");
                break;
            case "sequence":
                query.From(a => Keys(a)
                    .Sequence("s", n => n.Text, TimeSpan.FromSeconds(10), n => n.Serial % 64 < 16, n => n.Text == "never"))
                    .Alert(_ => "");
                break;
            default:
                query.From(a => Keys(a).Where(n => n.Text == "never")).Alert(_ => "");
                break;
        }

        _engine = new QueryEngine(new EngineOptions(), script.Queries, _ => { });
    }

    /// <summary>The same elements an hour later.</summary>
    [IterationSetup]
    public void NextHour()
    {
        double start = 3600.0 * _hours++;
        string[] keys = [.. Enumerable.Range(0, 16).Select(k => $"k{k}")];
        _events = [.. Enumerable.Range(0, Elements).Select(i => VirtualTime.Note(start + i / 1000.0, keys[i % 16]))];
    }

    /// <summary>An hour's elements.</summary>
    [Benchmark(OperationsPerInvoke = Elements)]
    public void InOrder()
    {
        for (int first = 0; first < Elements; first += 512) _engine.Admit(new Batch(_events.AsMemory(first, 512)));
    }

    private static IObservable<Note> Keys(AuditSource audit) => audit.All.OfType<Note>();
}
