using System.Reactive.Linq;
using BenchmarkDotNet.Attributes;
using Streams.Engine;
using Streams.Events;
using Streams.Events.Input;

namespace Streams.Benchmarks;

/// <summary>
/// Fifty queries in one shard, each on a route of its own; the events are in memory, and the queries ask for what is known of them
/// without decoding (that is measured by <see cref="ReadingBenchmarks"/>). One operation is one event.
/// </summary>
[MemoryDiagnoser]
public class RoutingBenchmarks
{
    private const int Events = 65_536;

    // As the log reader cuts them.
    private const int BatchSize = 512;

    private static readonly string[] Calls =
    [
        "execve", "execveat", "connect", "bind", "listen", "accept", "accept4", "openat", "open", "unlink", "unlinkat", "rename",
        "renameat", "renameat2", "chmod", "fchmodat", "chown", "fchownat", "ptrace", "init_module", "finit_module", "delete_module",
        "mount", "umount2", "setuid", "setgid", "setreuid", "setresuid", "dup2", "dup3", "fcntl", "socket", "sendto", "kill", "clone",
    ];

    private static readonly string[] Records =
    [
        "USER_AUTH", "USER_ACCT", "USER_LOGIN", "USER_START", "USER_END", "CRED_ACQ", "CRED_DISP", "CRED_REFR", "USER_CMD",
        "ADD_USER", "DEL_USER", "ADD_GROUP", "CONFIG_CHANGE", "LOGIN", "AVC",
    ];

    private readonly AuditEventBuilder _builder = new();
    private List<Event> _log = [];
    private Event[] _events = [];
    private int _days;
    private QueryEngine _engine = null!;

    /// <summary>Fifty queries: new terms, frequencies, suppressions and plain filters.</summary>
    [GlobalSetup]
    public void Compose()
    {
        (_log, _) = SampleLog.Read();
        var script = new QueryScript();
        int number = 0;
        foreach (string call in Calls) Add(audit => audit.Syscalls(call));
        foreach (string record in Records) Add(audit => audit.Records(record));
        _engine = new QueryEngine(new EngineOptions(), script.Queries, _ => { });

        void Add(Func<AuditSource, IObservable<AuditEvent>> source)
        {
            int kind = number++ % 4;
            QueryBuilder query = script.Query($"query-{number}", Severity.Low, "Measured");
            switch (kind)
            {
                case 0:
                    query.From(audit => source(audit).NewTerm("terms", e => (int)e.SyscallId, TimeSpan.FromDays(30))).Alert(_ => "");
                    break;
                case 1:
                    query.From(audit => source(audit).Frequency("counts", e => (int)e.SyscallId, 5_000, TimeSpan.FromSeconds(1)))
                        .Alert(_ => "");
                    break;
                case 2:
                    query.From(audit => source(audit).Where(e => e.Result == AuditResult.None && e.Serial == 0)).Alert(_ => "");
                    break;
                default:
                    query.From(audit => source(audit).Suppress("keys", e => e.Host, TimeSpan.FromDays(365))).Alert(_ => "");
                    break;
            }
        }
    }

    /// <summary>The same events a day later, since time goes on for the queries.</summary>
    [IterationSetup]
    public void NextDay()
    {
        _days++;
        _events = [.. Enumerable.Range(0, Events).Select(i => Later((AuditEvent)_log[i % _log.Count]))];
    }

    private AuditEvent Later(AuditEvent e)
    {
        for (int i = 0; i < e.RecordCount; i++) _builder.Add(e.Record(i).Type, e.Record(i).Text);
        AuditEvent later = _builder.Build(e.Host, e.Collector, e.Occurred.AddDays(_days), e.Serial);
        _ = later.SyscallId;
        return later;
    }

    /// <summary>A day's events through the queries.</summary>
    [Benchmark(OperationsPerInvoke = Events)]
    public void FiftyQueries()
    {
        for (int start = 0; start < Events; start += BatchSize) _engine.Admit(new Batch(_events.AsMemory(start, BatchSize)));
    }
}
