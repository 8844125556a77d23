using System.Buffers;
using BenchmarkDotNet.Attributes;
using Streams.Events;
using Streams.Events.Tables;

namespace Streams.Benchmarks;

/// <summary>From the records of one event to its JSON document.</summary>
[MemoryDiagnoser]
public class DocumentBenchmarks
{
    private readonly (RecordType Type, byte[] Text)[] _execve = SampleLog.ExecveRecords();
    private readonly AuditEventBuilder _builder = new();
    private readonly ArrayBufferWriter<byte> _output = new(64 * 1024);

    /// <summary>An execution of seven records, joined anew each time.</summary>
    [Benchmark]
    public int Execve()
    {
        foreach ((RecordType type, byte[] text) in _execve) _builder.Add(type, text);
        AuditEvent execve = _builder.Build("web-01", "audit", DateTimeOffset.UnixEpoch, 42);
        _output.ResetWrittenCount();
        execve.WriteDocument(_output);
        return _output.WrittenCount;
    }
}
