using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Streams.Events;
using Streams.Events.Input;

namespace Streams.Files.Watching;

/// <summary>The collector from its subscription to its end: its threads, and what runs between them.</summary>
internal sealed partial class FileRun : IDisposable
{
    private const int HeartbeatInterval = 1000;

    // How long several notices of one path are joined, milliseconds.
    private const int Window = 10;

    // As many of the folders in which something was missed are named.
    private const int NamedFolders = 3;

    // How long each part of stopping may take, milliseconds.
    private const int StopPatience = 800;

    private readonly FilesOptions _options;
    private readonly TimeProvider _time;
    private readonly FileSurroundings _surroundings;
    private readonly ILogger _log;
    private readonly CollectorOutput _given;
    private readonly FileFaults _faults;
    private readonly Thread _looking;
    private readonly CancellationTokenSource _stop = new();
    private readonly long _startedAt;

    // Guards the baseline, what is pending and the output: live changes and a scan's findings go one after the other.
    private readonly Lock _gate = new();
    private readonly List<(Notice Notice, DateTimeOffset At)> _taken = [];
    private readonly NoticeQueue _queue;
    private EventOutput? _output;
    private FileWatches? _watches;
    private FileChanges? _changes;
    private FileScans? _scans;
    private PathConditions? _conditions;
    private Exception? _failure;
    private string? _loggedFailure;
    private long _heartbeatAt;
    private long _notices;
    private long _overflows;
    private volatile bool _isStopping;

    public FileRun(
        FilesOptions options, TimeProvider time, FileSurroundings surroundings, ILogger log, int queueLimit,
        IObserver<ReadOnlyMemory<Event>> observer)
    {
        (_options, _time, _surroundings, _log) = (options, time, surroundings, log);
        _given = new CollectorOutput(observer);
        _faults = new FileFaults(options.Host, time, log);
        _queue = new NoticeQueue(queueLimit, time);
        _looking = new Thread(Run) { Name = "files", IsBackground = true };
        _startedAt = time.GetTimestamp();
    }

    /// <summary>Whether events have arrived only when <see cref="Acknowledge"/> says so.</summary>
    public bool IsAcknowledged { get; init; }

    /// <summary>The process whose changes are not told.</summary>
    public int IgnoredPid { get; init; }

    public IReadOnlyList<KeyValuePair<string, long>> Counters =>
    [
        new("events", _output?.Events ?? 0),
        new("again", _output?.Again ?? 0),
        new("unacknowledged", _output?.Unacknowledged ?? 0),
        new("notices", Volatile.Read(ref _notices)),
        new("overflows", Volatile.Read(ref _overflows)),
        new("rescans", _scans?.Rescans ?? 0),
        new("scans", _scans?.Scans ?? 0),
        new("scan.files", _scans?.Files ?? 0),
        new("scan.bytes", _scans?.Bytes ?? 0),
        new("watched.fanotify", _watches?.Marks ?? 0),
        new("watched.inotify", _watches?.Folders ?? 0),
        new("refused", _watches?.Refused ?? 0),
        new("queue", _queue.Count + (_changes?.Pending ?? 0)),
        new("dropped", _queue.Dropped),
        new("known", _changes?.Known ?? 0),
        new("errors", _output?.Errors ?? 0),
        new("own", _watches?.Own ?? 0),
        new("unresolved", _watches?.Unresolved ?? 0),
        .. _faults.Counters,
    ];

    /// <summary>What is not watched, and why. From any thread.</summary>
    public IReadOnlyList<CollectorCondition> Conditions => Volatile.Read(ref _conditions)?.Found ?? [];

    public void Start() => _looking.Start();

    /// <summary>So many of the events have arrived; from any thread.</summary>
    public void Acknowledge(long events)
    {
        if (Volatile.Read(ref _output)?.Acknowledge(events) == true) _queue.Wake();
    }

    /// <summary>Stops: what the kernel has said by then is looked at and told.</summary>
    public void Dispose()
    {
        if (_isStopping) return;
        _isStopping = true;
        _stop.Cancel();
        _queue.Wake();

        // Within OnNext nothing can wait for its return; elsewhere the wait has a limit.
        if (Thread.CurrentThread == _looking || !_looking.Join(StopPatience * 2)) _given.Close();
    }

    private void Run()
    {
        try
        {
            using Baseline baseline = Baseline.Open(_options.StatePath);
            if (baseline.Notice is { } notice) LogNotice(_log, notice);
            Func<string, bool> isWanted = Filter(_options);
            var paths = new WatchedPaths(_options.Paths.Select(path => new PathPattern(path.Path, path.Recursive)), isWanted);
            paths.Resolve();
            var output = new EventOutput(_options, _surroundings, _time, baseline, IsAcknowledged, _given, _faults);
            using var watches = new FileWatches(
                _options, paths, _queue, _time, new ActorReader(_surroundings.EndedProcess), IgnoredPid, _log, _faults, Fail);
            using var changes = new FileChanges(_options, _surroundings, _time, paths, baseline, output, Window);
            using var scans = new FileScans(
                _options, _surroundings, _time, paths, baseline, changes, output, _gate, _log, _faults, _stop.Token);
            (_output, _watches, _changes, _scans) = (output, watches, changes, scans);
            baseline.Unreadable = output.Unreadable;
            Volatile.Write(ref _conditions, new PathConditions(_options, _time));

            // What changes while the scan is under way is told by the marks, so they come first.
            watches.Add();
            output.TellAgain();
            if (_options.ScanAtStart) scans.Ask();
            scans.Start(ScanEnded, Fail);
            using var mounts = new Descriptor(Libc.Open("/proc/self/mountinfo", Libc.ReadOnly | Libc.CloseOnExec));
            Look(baseline, mounts);
            watches.Stop();
            scans.Join(StopPatience);
            lock (_gate)
            {
                Take();
                changes.Look(all: true);
                output.Faults(all: true);
                Beat();
                output.Finish(StopPatience / 2);
            }
        }
        catch (Exception error) when (EventFaults.IsContained(error))
        {
            // Whatever it is, the host continues and reports it.
            Fail(error);
        }

        _given.End(_isStopping ? null : _failure);
    }

    private void Look(Baseline baseline, Descriptor mounts)
    {
        _heartbeatAt = Clock + HeartbeatInterval;
        while (!_isStopping && _failure is null)
        {
            long until = Math.Min(_heartbeatAt, _changes!.NextDue ?? _heartbeatAt);
            _queue.Wait((int)Math.Max(until - Clock, 0));
            try
            {
                lock (_gate) Step(baseline, mounts);
            }
            catch (Exception error) when (FileFaults.IsContained(error) && error is not IOException)
            {
                _faults.Add(EventFault.Deliver, error);
            }
        }
    }

    private void Step(Baseline baseline, Descriptor mounts)
    {
        Take();
        _changes!.Look(all: false);
        if (Clock >= _heartbeatAt)
        {
            _heartbeatAt = Clock + HeartbeatInterval;
            if (HaveMountsChanged(mounts)) Resolve();
            _output!.Faults(all: false);
            Beat();
            if (baseline.Failure is { } failure && failure != _loggedFailure) LogFailure(_log, failure);
            _loggedFailure = baseline.Failure;
        }

        _output!.Flush();
    }

    private void Take()
    {
        IReadOnlyList<string> missed = _queue.TakeAll(_taken);
        _notices += _taken.Count;
        bool mayLead = false;
        foreach ((Notice notice, DateTimeOffset at) in _taken) mayLead |= _changes!.Take(notice, at);
        _taken.Clear();
        if (mayLead) Resolve();
        if (missed.Count == 0) return;

        // Not lost: what is there is found, but not what was there for a moment only, and who did it.
        _overflows++;
        _output!.Gap($"the queue of file changes was full; {Shown(missed)} looked at again");
        _scans!.AskAgain(missed);
    }

    private static string Shown(IReadOnlyList<string> folders)
    {
        if (folders.Contains(NoticeQueue.Everywhere)) return "everything is";
        string names = string.Join(", ", folders.Order(StringComparer.Ordinal).Take(NamedFolders).Select(PathText.Shown));
        if (folders.Count == 1) return $"{names} is";
        return folders.Count > NamedFolders ? $"{names} and {folders.Count - NamedFolders} more are" : $"{names} are";
    }

    // Links lead elsewhere, or file systems were mounted.
    private void Resolve()
    {
        IReadOnlyList<WatchedRoot> added = _changes!.Paths.Resolve();
        bool isMore = _watches!.Add();
        _changes.Scanned();
        if (isMore || added.Count > 0) _scans!.AskAgain([NoticeQueue.Everywhere], isLost: false);
    }

    private void ScanEnded()
    {
        Beat();
        _output!.Flush();
    }

    private void Beat()
    {
        _conditions!.Look(_watches!.Refused);
        DateTimeOffset now = _time.GetUtcNow();
        DateTimeOffset told = _changes!.Oldest ?? now;
        _output!.Heartbeat(told < now ? told : now, Counters);
    }

    private static bool HaveMountsChanged(Descriptor mounts)
    {
        // The kernel says so as an exceptional condition of the table (proc_pid_mounts(5)).
        Span<Libc.PollDescriptor> wait = [new() { Descriptor = mounts.Number, Events = Libc.PollPri }];
        return !mounts.IsInvalid && Libc.Poll(wait, 1, 0) > 0 && (wait[0].Returned & (Libc.PollPri | Libc.PollErr)) != 0;
    }

    private static Func<string, bool> Filter(FilesOptions options)
    {
        Regex[] excluded = [.. options.ExcludeFiles.Select(Compile)], included = [.. options.IncludeFiles.Select(Compile)];
        return path => !Array.Exists(excluded, regex => regex.IsMatch(path))
            && (included.Length == 0 || Array.Exists(included, regex => regex.IsMatch(path)));
    }

    private static Regex Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException error)
        {
            throw new FormatException(
                $"\"{pattern}\": backreferences and look-around are not possible in exclude_files and include_files", error);
        }
    }

    private void Fail(Exception error)
    {
        _failure ??= error is SqliteException
            ? new IOException($"the baseline in {_options.StatePath} cannot be read ({error.Message}): move files.db aside", error)
            : error;
        _queue.Wake();
    }

    private long Clock => (long)_time.GetElapsedTime(_startedAt).TotalMilliseconds;

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Notice}")]
    private static partial void LogNotice(ILogger log, string notice);

    [LoggerMessage(Level = LogLevel.Error, Message = "the baseline is not written: {Failure}")]
    private static partial void LogFailure(ILogger log, string failure);
}
