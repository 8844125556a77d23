using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Streams.Events;

namespace Streams.Files.Watching;

/// <summary>What Streams fails at with one path costs that path its facts, and nothing else. Counted here, from any thread.</summary>
/// <param name="host">The host of the reports.</param>
/// <param name="time">The clock of the reports.</param>
/// <param name="log">Takes a line once a cause and minute.</param>
internal sealed partial class FileFaults(string host, TimeProvider time, ILogger log)
{
    private readonly FaultLog _log = new(EventFault.Read, EventFault.Deliver);
    private readonly long _startedAt = time.GetTimestamp();

    /// <summary>How many by cause.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Counters => _log.Counters;

    /// <summary>
    /// Whether an exception is a fault at one path. A baseline that cannot be read or written concerns all of them.
    /// </summary>
    public static bool IsContained(Exception error) =>
        EventFaults.IsContained(error) && error is not (SqliteException or OperationCanceledException);

    /// <summary>Counts a change that is reported with what is known of it.</summary>
    public void Add(FileEvent change, Exception error) => _log.Add(EventFault.Read, change, error);

    /// <summary>Counts what belongs to no path.</summary>
    public void Add(EventFault fault, Exception error) =>
        _log.Add(fault, new Heartbeat(host, FileCollector.CollectorName, time.GetUtcNow(), 0), error);

    /// <summary>Takes what is to be reported now, and logs it.</summary>
    /// <param name="all">Whether what would have to wait is reported as well.</param>
    public IEnumerable<FaultReport> Take(bool all)
    {
        IReadOnlyList<FaultReport> reports = _log.Take((long)time.GetElapsedTime(_startedAt).TotalMilliseconds, all);
        foreach (FaultReport report in reports) LogFault(log, report);
        return reports;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "files: a fault of Streams: {Report}")]
    private static partial void LogFault(ILogger log, FaultReport report);
}
