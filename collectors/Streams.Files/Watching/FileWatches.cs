using Microsoft.Extensions.Logging;
using Streams.Events;

namespace Streams.Files.Watching;

/// <summary>Which mechanism watches which file system, and why; the threads that read their notices.</summary>
internal sealed partial class FileWatches : IDisposable
{
    // How long a thread may take to end, milliseconds.
    private const int StopPatience = 500;

    // File systems of the kernel's own, whose files nobody writes.
    private static readonly HashSet<string> Virtual =
    [
        "autofs", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "debugfs", "devpts", "efivarfs", "fusectl", "mqueue", "nsfs",
        "proc", "pstore", "securityfs", "selinuxfs", "sysfs", "tracefs",
    ];

    private readonly FilesBackend _backend;
    private readonly WatchedPaths _paths;
    private readonly ILogger _log;
    private readonly NoticeQueue _queue;
    private readonly Action<Exception> _fail;
    private readonly FileFaults _faults;
    private readonly FanotifyWatch? _fanotify;
    private readonly string? _whyNoFanotify;
    private readonly Lazy<InotifyWatch> _inotify;
    private readonly HashSet<(string Mount, string Path)> _done = [];
    private readonly HashSet<string> _onFanotify = [];
    private readonly List<(IFileWatch Watch, Thread Thread)> _running = [];
    private readonly List<(string Place, string Reason)> _added = [];
    private HashSet<string> _points = [];
    private bool _saidRefused;

    public FileWatches(
        FilesOptions options, WatchedPaths paths, NoticeQueue queue, TimeProvider time, ActorReader actors, int ignoredPid, ILogger log,
        FileFaults faults, Action<Exception> fail)
    {
        (_backend, _paths, _queue, _log, _faults, _fail) = (options.Backend, paths, queue, log, faults, fail);
        _whyNoFanotify = "the configuration asks for inotify";
        if (_backend != FilesBackend.Inotify)
            _fanotify = FanotifyWatch.TryOpen(paths, time, actors, ignoredPid, hasLimit: false, out _whyNoFanotify);
        if (_fanotify is null && _backend == FilesBackend.Fanotify) throw new WatchException(_whyNoFanotify!);
        _inotify = new Lazy<InotifyWatch>(() => new InotifyWatch(paths, folder => _points.Contains(folder), time));
    }

    /// <summary>File systems that fanotify has marked.</summary>
    public long Marks => _fanotify?.Watched ?? 0;

    /// <summary>Folders that inotify watches.</summary>
    public long Folders => _inotify.IsValueCreated ? _inotify.Value.Watched : 0;

    /// <summary>Folders without a watch, because there are no more.</summary>
    public long Refused => _inotify.IsValueCreated ? _inotify.Value.Refused : 0;

    /// <summary>Changes that this process made itself.</summary>
    public long Own => _fanotify?.OwnEvents ?? 0;

    /// <summary>Notices of folders that were gone before they were found.</summary>
    public long Unresolved => _fanotify?.Unresolved ?? 0;

    /// <summary>Watches every place that is not watched yet.</summary>
    /// <returns>Whether there were any.</returns>
    public bool Add()
    {
        MountTable table = MountTable.Read();

        // The kernel gives numbers of mounts that are gone to new ones.
        _onFanotify.IntersectWith(table.Mounts.Select(mount => mount.Id));
        _done.RemoveWhere(done => !table.Mounts.Any(mount => mount.Id == done.Mount));
        int before = _done.Count + _onFanotify.Count;
        _points = [.. table.Mounts.Select(mount => mount.Point)];
        _fanotify?.Forget();
        foreach (WatchedRoot place in _paths.Places)
        {
            string folder = Directory.Exists(place.Path) ? place.Path : Path.GetDirectoryName(place.Path) ?? "/";
            Add(table.Of(folder), folder);
            foreach (Mount mount in table.Below(folder).Where(mount => _paths.IsPlace(mount.Point) && !Virtual.Contains(mount.Type)))
                Add(mount, mount.Point);
        }

        TellAdded();
        if (Refused > 0 && !_saidRefused) LogRefused(_log, Refused);
        _saidRefused |= Refused > 0;
        return _done.Count + _onFanotify.Count > before;
    }

    /// <summary>Ends the reading; what was there has been handed over then.</summary>
    public void Stop()
    {
        foreach ((IFileWatch watch, _) in _running) watch.Stop();
        foreach ((_, Thread thread) in _running) thread.Join(StopPatience);
    }

    public void Dispose()
    {
        // A watch whose thread still reads keeps its descriptors.
        foreach ((IFileWatch watch, Thread thread) in _running.Where(running => !running.Thread.IsAlive)) watch.Dispose();
    }

    private void Add(Mount mount, string folder)
    {
        if (_onFanotify.Contains(mount.Id) || !_done.Add((mount.Id, folder))) return;
        string? reason = _whyNoFanotify;
        if (_fanotify is not null)
        {
            reason = _fanotify.TryAdd(mount.Point);
            if (reason is null)
            {
                _onFanotify.Add(mount.Id);
                Start(_fanotify);
                string place = $"{mount.Point} ({mount.Type})";
                LogWatching(_log, place, _fanotify.Backend, "a mark on the file system, with the process of each change");
                return;
            }

            if (_backend == FilesBackend.Fanotify) throw new WatchException($"fanotify cannot watch {folder}: {reason}");
        }

        Start(_inotify.Value);
        // Who renames a folder changes the one that it is in; what is mounted cannot be renamed.
        _inotify.Value.TryAdd(folder == mount.Point ? folder : Path.GetDirectoryName(folder) ?? folder);
        _added.Add(($"{folder} ({mount.Type})", reason!));
    }

    // Without fanotify each folder of the configuration is a watch of its own: those with the same reason are one line.
    private void TellAdded()
    {
        foreach (IGrouping<string, string> places in _added.GroupBy(place => place.Reason, place => place.Place))
        {
            int count = places.Count();
            string names = string.Join(", ", places);
            if (count == 1) LogWatching(_log, names, _inotify.Value.Backend, places.Key);
            else LogWatchingAll(_log, count, names, _inotify.Value.Backend, places.Key);
        }

        _added.Clear();
    }

    // In a folder above what is watched much may happen that is nobody's business: /home, /tmp.
    private bool Concerns(string path) => _paths.Match(path) != Coverage.None;

    private void Start(IFileWatch watch)
    {
        if (_running.Exists(running => running.Watch == watch)) return;
        var thread = new Thread(() => Read(watch)) { Name = watch.Backend, IsBackground = true };
        _running.Add((watch, thread));
        thread.Start();
    }

    private void Read(IFileWatch watch)
    {
        try
        {
            watch.Run(notice => Take(watch, notice), error => _faults.Add(EventFault.Read, error));
        }
        catch (Exception error) when (EventFaults.IsContained(error))
        {
            _fail(error);
        }
    }

    private void Take(IFileWatch watch, Notice notice)
    {
        if ((notice.What & Happened.Overflow) != 0)
            _queue.Miss(watch == _fanotify ? [NoticeQueue.Everywhere] : _inotify.Value.Tops);
        else if (Concerns(notice.Path) || (notice.From is not null && Concerns(notice.From)))
            _queue.Add(notice);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "files: {Place} is watched by {Backend}: {Reason}")]
    private static partial void LogWatching(ILogger log, string place, string backend, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "files: {Count} places are watched by {Backend}: {Reason}: {Places}")]
    private static partial void LogWatchingAll(ILogger log, int count, string places, string backend, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Folders} folders have no watch, only scans see what changes there: raise fs.inotify.max_user_watches with sysctl")]
    private static partial void LogRefused(ILogger log, long folders);
}
