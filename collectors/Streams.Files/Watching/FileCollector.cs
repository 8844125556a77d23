using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Streams.Events;
using Streams.Events.Input;

namespace Streams.Files.Watching;

/// <summary>What is known on this host beside the files themselves; each may be missing.</summary>
public sealed record FileSurroundings
{
    /// <summary>The name of a user.</summary>
    public Func<uint, string?>? UserName { get; init; }

    /// <summary>The name of a group.</summary>
    public Func<uint, string?>? GroupName { get; init; }

    /// <summary>
    /// A process that had ended before anything could be read of it. Called by the thread that reads the kernel's notices.
    /// </summary>
    public Func<int, FileActor?>? EndedProcess { get; init; }

    /// <summary>
    /// Who made a change that the kernel did not tell whose it is, by what the file is now (or was) and when. Called by the thread that
    /// looks at files, which may be held up for a while.
    /// </summary>
    public Func<Facts.FileFacts, DateTimeOffset, FileActor?>? ChangedBy { get; init; }

    /// <summary>
    /// The package whose manager made a change, by who made it and what the file is now (or was): empty when only that is known, null when
    /// it was not a package manager.
    /// </summary>
    public Func<FileActor?, Facts.FileFacts, string?>? Package { get; init; }
}

/// <summary>
/// Watches files: what changes while it runs, by fanotify or inotify, and what has changed since it ran last, by a scan. With CAP_SYS_ADMIN
/// and CAP_DAC_READ_SEARCH it knows who makes a change; without, it sees what its user may read.
/// </summary>
/// <remarks>
/// A thread for each mechanism takes notices from the kernel, one looks at the files and gives events out, one scans. A change that the
/// kernel could not tell is found by looking at everything again.
/// </remarks>
public sealed class FileCollector : ICollector
{
    /// <summary>The name that events of this collector have.</summary>
    public const string CollectorName = "files";

    private readonly FilesOptions _options;
    private readonly TimeProvider _time;
    private readonly FileSurroundings _surroundings;
    private readonly ILogger _log;
    private FileRun? _run;

    /// <summary>Makes a collector; it does nothing before it is subscribed to.</summary>
    /// <param name="options">The options.</param>
    /// <param name="time">The clock of events and scans.</param>
    /// <param name="surroundings">What else is known; null for nothing.</param>
    /// <param name="log">The log; null for none.</param>
    public FileCollector(FilesOptions options, TimeProvider time, FileSurroundings? surroundings = null, ILogger? log = null)
    {
        _options = options;
        _time = time;
        _surroundings = surroundings ?? new FileSurroundings();
        _log = log ?? NullLogger.Instance;
    }

    /// <inheritdoc/>
    public string Name => CollectorName;

    /// <inheritdoc/>
    /// <remarks>
    /// <c>events</c>: changes told; <c>again</c>: those of the process before, which was killed, that were told once more;
    /// <c>unacknowledged</c>: changes told that the queries have not dealt with yet; <c>notices</c>: what the kernel said;
    /// <c>overflows</c>: how often a queue was full; <c>rescans</c>: scans for that reason; <c>watched.fanotify</c>: file systems with a
    /// mark; <c>watched.inotify</c>: folders with a watch; <c>refused</c>: folders without a watch; <c>queue</c>: notices and paths that
    /// wait; <c>known</c>: files in the baseline; <c>scan.files</c>, <c>scan.bytes</c>: what scans have looked at; <c>errors</c>: what
    /// could not be read; <c>own</c>: changes that this process made; <c>unresolved</c>: changes in folders that were gone before they were
    /// found.
    /// </remarks>
    public IReadOnlyList<KeyValuePair<string, long>> Counters => Volatile.Read(ref _run)?.Counters ?? [];

    /// <inheritdoc/>
    public IReadOnlyList<CollectorCondition> Conditions => Volatile.Read(ref _run)?.Conditions ?? [];

    /// <summary>
    /// Whether whoever subscribes calls <see cref="Acknowledge"/>; else an event has arrived when <c>OnNext</c> has returned. What has not
    /// arrived when the process ends is told again by the next one, word for word.
    /// </summary>
    public bool IsAcknowledged { get; init; }

    /// <summary>The process whose changes are not told: this one, which writes its journal and its baseline.</summary>
    internal int IgnoredPid { get; init; } = Environment.ProcessId;

    /// <summary>How many notices may wait.</summary>
    internal int QueueLimit { get; init; } = 65_536;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It has been subscribed to before.</exception>
    public IDisposable Subscribe(IObserver<ReadOnlyMemory<Event>> observer)
    {
        var run = new FileRun(_options, _time, _surroundings, _log, QueueLimit, observer)
        {
            IsAcknowledged = IsAcknowledged,
            IgnoredPid = IgnoredPid,
        };
        if (Interlocked.CompareExchange(ref _run, run, null) is not null)
            throw new InvalidOperationException("a collector is subscribed to once");
        run.Start();
        return run;
    }

    /// <inheritdoc/>
    public void Acknowledge(long events) => Volatile.Read(ref _run)?.Acknowledge(events);
}
