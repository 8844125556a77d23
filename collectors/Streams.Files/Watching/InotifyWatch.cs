using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Streams.Files.Facts;

namespace Streams.Files.Watching;

/// <summary>inotify with a watch per folder, where fanotify cannot be had. It does not name the process (inotify(7)).</summary>
internal sealed class InotifyWatch : IFileWatch
{
    // sys/inotify.h
    private const uint Modify = 0x2;
    private const uint Attributes = 0x4;
    private const uint CloseWrite = 0x8;
    private const uint MovedFrom = 0x40;
    private const uint MovedTo = 0x80;
    private const uint Create = 0x100;
    private const uint Delete = 0x200;
    private const uint QueueOverflow = 0x4000;
    private const uint Ignored = 0x8000;
    private const uint OnlyFolder = 0x1000000;
    private const uint DoNotFollow = 0x2000000;
    private const uint ExcludeUnlinked = 0x4000000;
    private const uint OnFolder = 0x40000000;
    private const uint Mask =
        Modify | Attributes | CloseWrite | MovedFrom | MovedTo | Create | Delete | OnlyFolder | DoNotFollow | ExcludeUnlinked;
    private const int HeaderSize = 16;
    private const int BufferSize = 64 * 1024;

    // How long the other end of a move may take: the kernel queues both one after the other, but others' notices may come between.
    private const int MovePatience = 10;

    private readonly Descriptor _inotify;
    private readonly Descriptor _stop = Descriptor.Event();
    private readonly WatchedPaths _paths;
    private readonly Func<string, bool> _isElsewhere;
    private readonly TimeProvider _time;
    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly Lock _gate = new();
    private readonly Dictionary<int, string> _folders = [];
    private readonly Dictionary<string, int> _watches = new(StringComparer.Ordinal);
    private readonly Dictionary<uint, (string Path, bool IsFolder, long At)> _moves = [];
    private string[] _tops = [];
    private long _refused;

    /// <summary>Opens inotify without watches.</summary>
    /// <param name="paths">What is watched.</param>
    /// <param name="isElsewhere">Whether something else watches a folder that lies below one that is added.</param>
    /// <param name="time">The clock of moves.</param>
    /// <exception cref="WatchException">The kernel refuses.</exception>
    public InotifyWatch(WatchedPaths paths, Func<string, bool> isElsewhere, TimeProvider time)
    {
        _paths = paths;
        _isElsewhere = isElsewhere;
        _time = time;
        _inotify = new Descriptor(Libc.InotifyInit(Libc.CloseOnExec | Libc.NonBlocking));
        if (_inotify.IsInvalid) throw WatchException.Last("watch with inotify (see fs.inotify.max_user_instances)");
    }

    /// <inheritdoc/>
    public string Backend => "inotify";

    /// <inheritdoc/>
    public long Watched
    {
        get
        {
            lock (_gate) return _folders.Count;
        }
    }

    /// <summary>Folders that could not be watched because <c>fs.inotify.max_user_watches</c> is reached.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>The folders that it was told to watch.</summary>
    public IReadOnlyList<string> Tops => Volatile.Read(ref _tops);

    /// <inheritdoc/>
    public string? TryAdd(string folder)
    {
        lock (_gate)
        {
            if (!_tops.Contains(folder)) Volatile.Write(ref _tops, [.. _tops, folder]);
            Add(folder, give: null);
        }

        return null;
    }

    /// <inheritdoc/>
    public void Run(Action<Notice> give, Action<Exception> failed)
    {
        Span<Libc.PollDescriptor> wait =
        [
            new() { Descriptor = _inotify.Number, Events = Libc.PollIn },
            new() { Descriptor = _stop.Number, Events = Libc.PollIn },
        ];
        for (bool isStopped = false; !isStopped;)
        {
            int ready = Libc.Poll(wait, 2, _moves.Count > 0 ? MovePatience : -1);
            if (ready < 0) continue;
            isStopped = wait[1].Returned != 0 && ready > 0;
            Drain(give, failed);
            GiveUpMoves(give, isStopped);
        }
    }

    /// <inheritdoc/>
    public void Stop() => _stop.Signal();

    /// <inheritdoc/>
    public void Dispose()
    {
        _inotify.Dispose();
        _stop.Dispose();
    }

    private void Drain(Action<Notice> give, Action<Exception> failed)
    {
        while (true)
        {
            nint length = Libc.Read(_inotify, _buffer, _buffer.Length);
            if (length <= 0)
            {
                int error = length == 0 ? Libc.Eagain : Marshal.GetLastPInvokeError();
                if (error == Libc.Eagain) return;
                if (error == Libc.Eintr) continue;
                throw new WatchException("tell what changes", error);
            }

            lock (_gate)
            {
                for (ReadOnlySpan<byte> rest = _buffer.AsSpan(0, (int)length); rest.Length >= HeaderSize;)
                {
                    int size = HeaderSize + (int)BinaryPrimitives.ReadUInt32LittleEndian(rest[12..]);
                    NoticeGuard.Take(rest[..size], Take, give, failed);
                    rest = rest[size..];
                }
            }
        }
    }

    // struct inotify_event: watch, mask, cookie, length of the name, name.
    private void Take(ReadOnlySpan<byte> notice, Action<Notice> give)
    {
        int watch = BinaryPrimitives.ReadInt32LittleEndian(notice);
        uint mask = BinaryPrimitives.ReadUInt32LittleEndian(notice[4..]);
        uint cookie = BinaryPrimitives.ReadUInt32LittleEndian(notice[8..]);
        if ((mask & QueueOverflow) != 0)
        {
            // The watches first: what changes from here on is told.
            AddAgain();
            give(new Notice("", Happened.Overflow, IsFolder: true));
            return;
        }

        if (!_folders.TryGetValue(watch, out string? folder)) return;
        if ((mask & Ignored) != 0)
        {
            _folders.Remove(watch);
            if (_watches.TryGetValue(folder, out int current) && current == watch) _watches.Remove(folder);
            return;
        }

        ReadOnlySpan<byte> name = notice[HeaderSize..];
        int nul = name.IndexOf((byte)0);
        string path = nul == 0 || name.IsEmpty ? folder : Join(folder, PathText.FromBytes(nul < 0 ? name : name[..nul]));
        bool isFolder = (mask & OnFolder) != 0;
        if ((mask & MovedFrom) != 0)
        {
            _moves[cookie] = (path, isFolder, _time.GetTimestamp());
        }
        else if ((mask & MovedTo) != 0)
        {
            if (_moves.Remove(cookie, out (string Path, bool IsFolder, long At) from))
            {
                give(new Notice(path, Happened.Moved, isFolder, from.Path));
                if (isFolder) MoveWatches(from.Path, path, give);
            }
            else
            {
                give(new Notice(path, Happened.Created | (isFolder ? Happened.Unlisted : 0), isFolder));
                if (isFolder) Add(path, give);
            }
        }
        else
        {
            give(new Notice(path, What(mask), isFolder));
            if (isFolder && (mask & Create) != 0) Add(path, give);
        }
    }

    private static Happened What(uint mask)
    {
        Happened what = Happened.None;
        if ((mask & Create) != 0) what |= Happened.Created;
        if ((mask & Modify) != 0) what |= Happened.Written;
        if ((mask & CloseWrite) != 0) what |= Happened.Closed;
        if ((mask & Attributes) != 0) what |= Happened.Attributes;
        if ((mask & Delete) != 0) what |= Happened.Deleted;
        return what;
    }

    // What was moved out of what is watched is gone, with its watches.
    private void GiveUpMoves(Action<Notice> give, bool isAll)
    {
        if (_moves.Count == 0) return;
        lock (_gate)
        {
            foreach ((uint cookie, (string path, bool isFolder, long at)) in _moves.ToArray())
            {
                if (!isAll && _time.GetElapsedTime(at).TotalMilliseconds < MovePatience) continue;
                _moves.Remove(cookie);
                give(new Notice(path, Happened.Deleted, isFolder));
                if (!isFolder) continue;
                foreach (string folder in Below(path)) Remove(folder);
            }
        }
    }

    // Between the making of a folder and its watch anything may be put into it: what is there is told. The watch comes first.
    private void Add(string top, Action<Notice>? give)
    {
        var waiting = new Stack<string>();
        waiting.Push(top);
        while (waiting.TryPop(out string? folder))
        {
            if (!_paths.IsPlace(folder) || folder != top && _isElsewhere(folder)) continue;
            int watch = Libc.InotifyAddWatch(_inotify, folder, Mask);
            if (watch < 0)
            {
                if (Marshal.GetLastPInvokeError() != Libc.Enospc) continue;
                Volatile.Write(ref _refused, _refused + 1);
            }
            else
            {
                // The folder may have been moved here while it was watched already.
                if (_folders.TryGetValue(watch, out string? before) && before != folder) _watches.Remove(before);
                _folders[watch] = folder;
                _watches[folder] = watch;
            }

            _ = FolderListing.Read(folder, (child, mayBeFolder) =>
            {
                give?.Invoke(new Notice(child, Happened.Created, IsFolder: false));
                if (mayBeFolder) waiting.Push(child);
            });
        }
    }

    // Folders may have been made, moved and removed without a notice. A watch stays with its folder wherever that is now.
    private void AddAgain()
    {
        int[] before = [.. _folders.Keys];
        _folders.Clear();
        _watches.Clear();
        Volatile.Write(ref _refused, 0);
        _moves.Clear();
        foreach (string top in _tops) Add(top, give: null);
        foreach (int watch in before.Where(watch => !_folders.ContainsKey(watch))) _ = Libc.InotifyRemoveWatch(_inotify, watch);
    }

    private void MoveWatches(string from, string to, Action<Notice> give)
    {
        foreach (string folder in Below(from))
        {
            string path = to + folder[from.Length..];
            int watch = _watches[folder];
            _watches.Remove(folder);
            _watches[path] = watch;
            _folders[watch] = path;
            if (!_paths.IsPlace(path)) Remove(path);
        }

        // It may have been where nothing is watched.
        if (!_watches.ContainsKey(to)) Add(to, give);
    }

    private void Remove(string folder)
    {
        if (_watches.Remove(folder, out int watch) && _folders.Remove(watch)) _ = Libc.InotifyRemoveWatch(_inotify, watch);
    }

    private string[] Below(string folder) => [.. _watches.Keys.Where(path => PathPattern.IsSameOrBelow(path, folder))];

    private static string Join(string folder, string name) => folder == "/" ? "/" + name : $"{folder}/{name}";
}
