using Microsoft.Extensions.Logging;

namespace Streams.Files.Watching;

/// <summary>The thread that scans: at the start, when notices were lost, and from time to time.</summary>
internal sealed partial class FileScans : IDisposable
{
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
    private readonly AutoResetEvent _asked = new(false);
    private Thread? _scanning;
    private long _rescans;
    private long _scans;

    public FileScans(
        FilesOptions options, FileSurroundings surroundings, TimeProvider time, WatchedPaths paths, Baseline baseline, FileChanges changes,
        EventOutput output, Lock gate, ILogger log, CancellationToken stop)
    {
        (_options, _time, _paths, _baseline) = (options, time, paths, baseline);
        (_changes, _output, _gate, _log, _stop) = (changes, output, gate, log, stop);
        _scan = new Scan(
            options,
            () => new Facts.FileFactsReader(
                options.HashTypes, options.MaxFileSize, surroundings.UserName, surroundings.GroupName, options.FileParsers.Count > 0),
            baseline, time, gate, changes.IsCurrent);
    }

    /// <summary>Scans asked for because notices were lost.</summary>
    public long Rescans => Volatile.Read(ref _rescans);

    /// <summary>Scans of everything that have come to their end.</summary>
    public long Scans => Volatile.Read(ref _scans);

    public long Files => _scan.Files;

    public long Bytes => _scan.Bytes;

    /// <summary>Asks for a scan of everything; asked while one runs, another follows.</summary>
    public void Ask(bool isRescan = false)
    {
        if (isRescan) Volatile.Write(ref _rescans, _rescans + 1);
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
            while (WaitHandle.WaitAny(wait, patience) != 0) ScanAll(ended);
        }
        catch (OperationCanceledException)
        {
            // The next start goes on where it was.
        }
        catch (Exception error) when (error is IOException or InvalidOperationException)
        {
            fail(error);
        }
    }

    private void ScanAll(Action ended)
    {
        long began = _time.GetTimestamp();
        long files = Files;
        foreach (WatchedRoot root in Roots()) _scan.Run(root.Path, root.IsRecursive, _paths.IsWanted, Tell, _stop);
        Volatile.Write(ref _scans, _scans + 1);
        lock (_gate)
        {
            _changes.Scanned();
            ended();
        }

        double seconds = _time.GetElapsedTime(began).TotalSeconds;
        LogScanned(_log, Files - files, seconds);
    }

    // What was there at an earlier scan and is there no more has to be missed as well.
    private List<WatchedRoot> Roots()
    {
        List<WatchedRoot> roots = [.. _paths.Roots];
        IReadOnlyList<string> before;
        lock (_gate) before = _baseline.ScannedRoots();
        roots.AddRange(before.Where(path => !Path.Exists(path) && _paths.Match(path) == Coverage.Covered).Select(path => new WatchedRoot(path, true)));
        return roots;
    }

    private void Tell(ScanFinding finding) => _output.Found(finding.Actions, finding.Before, finding.After);

    [LoggerMessage(Level = LogLevel.Information, Message = "scanned {Files} files in {Seconds:F1} s")]
    private static partial void LogScanned(ILogger log, long files, double seconds);
}
