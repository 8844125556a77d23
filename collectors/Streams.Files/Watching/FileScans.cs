using Microsoft.Extensions.Logging;
using Streams.Events;

namespace Streams.Files.Watching;

/// <summary>The thread that scans everything at the start and from time to time, and looks again where notices were lost.</summary>
internal sealed partial class FileScans : IDisposable
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(30);

    private readonly FilesOptions _options;
    private readonly TimeProvider _time;
    private readonly WatchedPaths _paths;
    private readonly Baseline _baseline;
    private readonly FileChanges _changes;
    private readonly EventOutput _output;
    private readonly Lock _gate;
    private readonly CancellationToken _stop;
    private readonly ILogger _log;
    private readonly Scan _scan;
    private readonly FileFaults _faults;
    private readonly AutoResetEvent _asked = new(false);
    private readonly Lock _asking = new();
    private readonly HashSet<string> _askedAgain = new(StringComparer.Ordinal);
    private bool _isAskedForAll;
    private Thread? _scanning;
    private (long At, long Files, long Bytes) _began;
    private long _progressAt;
    private long _rescans;
    private long _scans;

    public FileScans(
        FilesOptions options, FileSurroundings surroundings, TimeProvider time, WatchedPaths paths, Baseline baseline, FileChanges changes,
        EventOutput output, Lock gate, ILogger log, FileFaults faults, CancellationToken stop)
    {
        _faults = faults;
        (_options, _time, _paths, _baseline) = (options, time, paths, baseline);
        (_changes, _output, _gate, _log, _stop) = (changes, output, gate, log, stop);
        _scan = new Scan(
            options,
            () => new Facts.FileFactsReader(
                options.HashTypes, options.MaxFileSize, surroundings.UserName, surroundings.GroupName, options.FileParsers.Count > 0),
            baseline, time, gate, changes.IsCurrent)
        {
            Progressed = TellProgress,
            Failed = (path, error) => output.Fault(path, FileActions.Updated, time.GetUtcNow(), by: null, error),
        };
    }

    /// <summary>Scans asked for because notices were lost.</summary>
    public long Rescans => Volatile.Read(ref _rescans);

    /// <summary>Scans and looks again that have come to their end.</summary>
    public long Scans => Volatile.Read(ref _scans);

    public long Files => _scan.Files;

    public long Bytes => _scan.Bytes;

    /// <summary>Asks for a scan that reads everything; asked while one runs, another follows.</summary>
    public void Ask()
    {
        lock (_asking) _isAskedForAll = true;
        _asked.Set();
    }

    /// <summary>
    /// Asks for another look at folders, and for a scan of paths that were never scanned. What looks as it is known is not read.
    /// </summary>
    /// <param name="folders">The folders; <see cref="NoticeQueue.Everywhere"/> among them stands for all that is watched.</param>
    /// <param name="isLost">Whether notices were lost.</param>
    public void AskAgain(IEnumerable<string> folders, bool isLost = true)
    {
        if (isLost) Volatile.Write(ref _rescans, _rescans + 1);
        lock (_asking) _askedAgain.UnionWith(folders);
        _asked.Set();
    }

    /// <summary>Begins.</summary>
    /// <param name="ended">Called at the end of each scan, with the gate closed.</param>
    /// <param name="fail">Told what makes it end.</param>
    public void Start(Action ended, Action<Exception> fail)
    {
        _scanning = new Thread(() => Run(ended, fail)) { Name = "files scan", IsBackground = true };
        _scanning.Start();
    }

    public void Join(int milliseconds) => _scanning?.Join(milliseconds);

    public void Dispose()
    {
        if (_scanning?.IsAlive != true) _asked.Dispose();
    }

    private void Run(Action ended, Action<Exception> fail)
    {
        WaitHandle[] wait = [_stop.WaitHandle, _asked];
        TimeSpan patience = _options.ScanInterval is { } interval && interval > TimeSpan.Zero ? interval : Timeout.InfiniteTimeSpan;
        try
        {
            while (WaitHandle.WaitAny(wait, patience) is var woken && woken != 0)
            {
                string[] again;
                lock (_asking)
                {
                    again = woken == WaitHandle.WaitTimeout || _isAskedForAll ? [] : [.. _askedAgain];
                    _isAskedForAll = false;
                    _askedAgain.Clear();
                }

                TryLook(again, ended);
            }
        }
        catch (OperationCanceledException)
        {
            // The next start goes on where it was.
        }
        catch (Exception error) when (EventFaults.IsContained(error))
        {
            fail(error);
        }
    }

    private void TryLook(string[] again, Action ended)
    {
        try
        {
            Look(again, ended);
        }
        catch (Exception error) when (FileFaults.IsContained(error) && error is not IOException && !_stop.IsCancellationRequested)
        {
            // What this scan has not come to is found by the next one.
            _faults.Add(EventFault.Read, error);
        }
    }

    // At these folders, and at paths that were never scanned; none for everything.
    private void Look(string[] again, Action ended)
    {
        _began = (_time.GetTimestamp(), Files, Bytes);
        _progressAt = _began.At;
        List<WatchedRoot> roots = Roots();
        List<WatchedRoot> scanned = again.Length == 0 ? roots : roots.FindAll(root => !IsScanned(root));
        foreach (WatchedRoot root in scanned) _scan.Run(root.Path, root.IsRecursive, _paths.IsWanted, Tell, _stop);
        IEnumerable<string> glanced =
            again.Contains(NoticeQueue.Everywhere) ? roots.Except(scanned).Select(root => root.Path) : Outermost(again);
        foreach (string folder in glanced) _scan.Glance(folder, _paths.IsWanted, _paths.IsPlace, Tell, _stop);
        Volatile.Write(ref _scans, _scans + 1);
        lock (_gate)
        {
            _changes.Scanned();
            ended();
        }

        double seconds = _time.GetElapsedTime(_began.At).TotalSeconds;
        if (again.Length == 0) LogScanned(_log, Files - _began.Files, seconds);
        else LogLookedAgain(_log, Files - _began.Files, seconds);
    }

    private void TellProgress()
    {
        if (_time.GetElapsedTime(_progressAt) < ProgressInterval) return;
        _progressAt = _time.GetTimestamp();
        (long files, long megabytes) = (Files - _began.Files, (Bytes - _began.Bytes) >> 20);
        double seconds = _time.GetElapsedTime(_began.At).TotalSeconds;
        LogProgress(_log, files, megabytes, seconds);
    }

    private bool IsScanned(WatchedRoot root)
    {
        lock (_gate) return _baseline.ScanOf(root.Path) is { Number: > 0, Position: null };
    }

    private static IEnumerable<string> Outermost(string[] folders) =>
        folders.Where(folder => !Array.Exists(folders, other => other != folder && PathPattern.IsSameOrBelow(folder, other)));

    // What was there at an earlier scan and is there no more has to be missed as well.
    private List<WatchedRoot> Roots()
    {
        List<WatchedRoot> roots = [.. _paths.Roots];
        IReadOnlyList<string> before;
        lock (_gate) before = _baseline.ScannedRoots();
        IEnumerable<string> gone = before.Where(path => !Path.Exists(path) && _paths.Match(path) == Coverage.Covered);
        roots.AddRange(gone.Select(path => new WatchedRoot(path, IsRecursive: true)));
        return roots;
    }

    private void Tell(ScanFinding finding) => _output.Found(finding.Actions, finding.Before, finding.After);

    [LoggerMessage(
        Level = LogLevel.Information, Message = "files: scanning, {Files:N0} files and {Megabytes:N0} MiB in {Seconds:F0} s so far")]
    private static partial void LogProgress(ILogger log, long files, long megabytes, double seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "files: scanned {Files:N0} files in {Seconds:F1} s")]
    private static partial void LogScanned(ILogger log, long files, double seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "files: looked at {Files:N0} files again in {Seconds:F1} s")]
    private static partial void LogLookedAgain(ILogger log, long files, double seconds);
}
