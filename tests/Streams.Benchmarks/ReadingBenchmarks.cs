using BenchmarkDotNet.Attributes;
using Streams.Audit;
using Streams.Engine;
using Streams.Events.Input;
using Streams.Scripting;

namespace Streams.Benchmarks;

/// <summary>From the bytes of a log to what the queries have read of it, on one thread. One operation is the whole log.</summary>
[MemoryDiagnoser]
public class ReadingBenchmarks
{
    private readonly LoadResult _queries = new ScriptLoader(new ScriptOptions { Folder = SampleLog.Queries }).Load();

    /// <summary>Lines to joined events, and nothing read of them.</summary>
    [Benchmark(Baseline = true)]
    public long Join()
    {
        var reader = new AuditLogReader([SampleLog.Path], new LogOptions());
        reader.Read(_ => { });
        return reader.Statistics.Records;
    }

    /// <summary>The same through all shipped queries.</summary>
    [Benchmark]
    public long JoinAndQuery()
    {
        var reader = new AuditLogReader([SampleLog.Path], new LogOptions());
        using var engine = new QueryEngine(new EngineOptions(), _queries.Queries, _ => { });
        reader.Read(batch => engine.Admit(new Batch(batch)));
        engine.Complete();
        return reader.Statistics.Records;
    }
}
