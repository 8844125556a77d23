using Streams.Audit;
using Streams.Events;

namespace Streams.Benchmarks;

/// <summary>A log to measure with: the one named by STREAMS_BENCH_LOG, else the sample log.</summary>
internal static class SampleLog
{
    private static readonly string Folder = Find("samples");

    public static string Path { get; } =
        Environment.GetEnvironmentVariable("STREAMS_BENCH_LOG") is { Length: > 0 } named
            ? named
            : System.IO.Path.Combine(Folder, "audit.log");

    public static string Queries { get; } = Find("queries");

    public static (List<Event> Events, long Records) Read()
    {
        var events = new List<Event>();
        var reader = new AuditLogReader([Path], new LogOptions());
        reader.Read(batch => events.AddRange(batch.Span));
        return (events, reader.Statistics.Records);
    }

    /// <summary>The records of one execution, as they stand in the log: seven with EOE.</summary>
    public static (Events.Tables.RecordType Type, byte[] Text)[] ExecveRecords()
    {
        AuditEvent execve = Testing.Audit.Execve(
            "web-01",
            "2026-01-02T03:04:05.678Z",
            42,
            "/usr/bin/find",
            ["find", "/var/www/html", "-type", "f", "-newer", "/tmp/x"]);
        return [.. Enumerable.Range(0, execve.RecordCount).Select(i => (execve.Record(i).Type, execve.Record(i).Text.ToArray()))];
    }

    private static string Find(string folder)
    {
        for (string? at = AppContext.BaseDirectory; at is not null; at = System.IO.Path.GetDirectoryName(at))
        {
            if (File.Exists(System.IO.Path.Combine(at, "Streams.sln"))) return System.IO.Path.Combine(at, folder);
        }

        throw new DirectoryNotFoundException(
            $"Streams.sln is in no folder above {AppContext.BaseDirectory}; run the benchmarks from the repository.");
    }
}
