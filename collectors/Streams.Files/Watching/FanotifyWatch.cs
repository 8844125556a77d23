using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Streams.Files.Watching;

/// <summary>
/// fanotify with marks on whole file systems: it names the process, needs no watch per folder and joins both ends of a move. It needs
/// Linux 5.9 (5.17 for joined moves) and CAP_SYS_ADMIN, and CAP_DAC_READ_SEARCH to find out where a folder is (fanotify(7)).
/// </summary>
internal sealed unsafe class FanotifyWatch : IFileWatch
{
    // linux/fanotify.h
    private const uint ReportDirectoryName = 0xC00;
    private const uint ReportTarget = 0x200 | 0x1000;
    private const uint UnlimitedQueue = 0x10;
    private const uint UnlimitedMarks = 0x20;
    private const uint CloseOnExec = 1;
    private const uint NonBlocking = 2;
    private const uint MarkAdd = 1;
    private const uint MarkFileSystem = 0x100;
    private const ulong Modify = 0x2;
    private const ulong Attributes = 0x4;
    private const ulong CloseWrite = 0x8;
    private const ulong MovedFrom = 0x40;
    private const ulong MovedTo = 0x80;
    private const ulong Create = 0x100;
    private const ulong Delete = 0x200;
    private const ulong QueueOverflow = 0x4000;
    private const ulong Rename = 0x10000000;
    private const ulong OnFolder = 0x40000000;
    private const byte FileInfo = 1;
    private const byte FolderNameInfo = 2;
    private const byte FolderInfo = 3;
    private const byte OldFolderNameInfo = 10;
    private const byte NewFolderNameInfo = 12;
    private const int MetadataSize = 24;
    private const int InfoHeader = 12;
    private const int BufferSize = 64 * 1024;

    // While notices come in one after the other, the kernel joins those of one file that nobody has read yet: a writer then costs
    // a few hundred notices a second instead of one a write. After a pause the first is read at once, as its process may not live long.
    private static readonly TimeSpan BatchInterval = TimeSpan.FromMilliseconds(4);

    private readonly Descriptor _group;
    private readonly Descriptor _stop = Descriptor.Event();
    private readonly FolderHandles _folders;
    private readonly ActorReader _actors;
    private readonly TimeProvider _time;
    private readonly ulong _mask;
    private readonly int _ignoredPid;
    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly HashSet<ulong> _marked = [];
    private long _ownEvents;

    private FanotifyWatch(Descriptor group, bool joinsMoves, WatchedPaths paths, TimeProvider time, ActorReader actors, int ignoredPid)
    {
        _group = group;
        _folders = new FolderHandles(paths.IsPlace);
        _actors = actors;
        _time = time;
        _ignoredPid = ignoredPid;
        JoinsMoves = joinsMoves;
        _mask = Create | Delete | CloseWrite | Modify | Attributes | OnFolder | (joinsMoves ? Rename : MovedFrom | MovedTo);
    }

    /// <inheritdoc/>
    public string Backend => "fanotify";

    /// <inheritdoc/>
    public long Watched
    {
        get
        {
            lock (_marked) return _marked.Count;
        }
    }

    /// <summary>Whether the kernel tells both ends of a move in one notice.</summary>
    public bool JoinsMoves { get; }

    /// <summary>Notices of what this process itself did.</summary>
    public long OwnEvents => Volatile.Read(ref _ownEvents);

    /// <summary>Notices of folders that were gone before anybody could find out where they were.</summary>
    public long Unresolved => _folders.Unresolved;

    /// <summary>Opens a group without marks; null with a reason where the kernel or the rights do not allow it.</summary>
    /// <param name="paths">What is watched; notices elsewhere are dropped.</param>
    /// <param name="time">The clock of batches.</param>
    /// <param name="actors">Reads about processes.</param>
    /// <param name="ignoredPid">Changes by this process are not told.</param>
    /// <param name="hasLimit">Whether the kernel's queue has its limit of 16,384 notices.</param>
    /// <param name="reason">Why not.</param>
    public static FanotifyWatch? TryOpen(
        WatchedPaths paths, TimeProvider time, ActorReader actors, int ignoredPid, bool hasLimit, out string? reason)
    {
        uint flags = CloseOnExec | NonBlocking | ReportDirectoryName | UnlimitedMarks | (hasLimit ? 0 : UnlimitedQueue);
        bool joinsMoves = true;
        var group = new Descriptor(Libc.FanotifyInit(flags | ReportTarget, 0));
        if (group.IsInvalid && Marshal.GetLastPInvokeError() == Libc.Einval)
        {
            joinsMoves = false;
            group = new Descriptor(Libc.FanotifyInit(flags, 0));
        }

        int error = group.IsInvalid ? Marshal.GetLastPInvokeError() : 0;
        reason = error switch
        {
            0 => null,
            Libc.Eperm => "fanotify needs CAP_SYS_ADMIN",
            Libc.Enosys or Libc.Einval => "fanotify with names needs Linux 5.9",
            _ => WatchException.Last("watch with fanotify").Message,
        };
        if (reason is null && !FolderHandles.MayOpen()) reason = "fanotify needs CAP_DAC_READ_SEARCH to find folders by their handles";
        if (reason is not null) group.Dispose();
        return reason is null ? new FanotifyWatch(group, joinsMoves, paths, time, actors, ignoredPid) : null;
    }

    /// <inheritdoc/>
    public string? TryAdd(string folder)
    {
        if (Libc.StatFileSystem(folder, out Libc.FileSystem found) != 0) return WatchException.Last($"look at {folder}").Message;
        if (found.Id == 0) return "its file system has no id";
        lock (_marked)
        {
            if (!_marked.Contains(found.Id))
            {
                // Marks on a mount or a folder would be EINVAL with these notices, or not reach below.
                if (Libc.FanotifyMark(_group, MarkAdd | MarkFileSystem, _mask, Libc.CurrentFolder, folder) != 0)
                {
                    int error = Marshal.GetLastPInvokeError();
                    return error switch
                    {
                        Libc.Exdev => "its file system has parts with ids of their own (btrfs subvolumes)",
                        Libc.Enodev => "its file system has no id",
                        Libc.Eopnotsupp => "its file system cannot be found by handles",
                        Libc.Einval => "the kernel does not know these notices there",
                        _ => new WatchException($"mark the file system of {folder}", error).Message,
                    };
                }

                _marked.Add(found.Id);
            }
        }

        _folders.AddMount(found.Id, folder);
        return null;
    }

    /// <summary>What is known of where folders are no longer holds: other paths are watched now.</summary>
    public void Forget() => _folders.Forget();

    /// <inheritdoc/>
    public void Run(Action<Notice> give, Action<Exception> failed)
    {
        Span<Libc.PollDescriptor> wait =
        [
            new() { Descriptor = _group.Number, Events = Libc.PollIn },
            new() { Descriptor = _stop.Number, Events = Libc.PollIn },
        ];
        long readAt = 0;
        for (bool isStopped = false; !isStopped;)
        {
            if (Libc.Poll(wait, 2, -1) < 0) continue;
            isStopped = wait[1].Returned != 0;
            TimeSpan rest = BatchInterval - _time.GetElapsedTime(readAt);
            if (!isStopped && readAt != 0 && rest > TimeSpan.Zero) Libc.Poll(wait[1..], 1, (int)Math.Ceiling(rest.TotalMilliseconds));
            readAt = _time.GetTimestamp();
            Drain(give, failed);
        }
    }

    /// <inheritdoc/>
    public void Stop() => _stop.Signal();

    /// <inheritdoc/>
    public void Dispose()
    {
        _group.Dispose();
        _stop.Dispose();
    }

    private void Drain(Action<Notice> give, Action<Exception> failed)
    {
        while (true)
        {
            nint length = Libc.Read(_group, _buffer, _buffer.Length);
            if (length <= 0)
            {
                int error = length == 0 ? Libc.Eagain : Marshal.GetLastPInvokeError();
                if (error == Libc.Eagain) return;
                if (error == Libc.Eintr) continue;
                throw new WatchException("tell what changes", error);
            }

            for (ReadOnlySpan<byte> rest = _buffer.AsSpan(0, (int)length); rest.Length >= MetadataSize;)
            {
                int size = BinaryPrimitives.ReadInt32LittleEndian(rest);
                NoticeGuard.Take(rest[..size], Take, give, failed);
                rest = rest[size..];
            }
        }
    }

    // struct fanotify_event_metadata, then records of struct fanotify_event_info_fid.
    private void Take(ReadOnlySpan<byte> notice, Action<Notice> give)
    {
        int metadata = BinaryPrimitives.ReadUInt16LittleEndian(notice[6..]);
        ulong mask = BinaryPrimitives.ReadUInt64LittleEndian(notice[8..]);
        int pid = BinaryPrimitives.ReadInt32LittleEndian(notice[20..]);
        if ((mask & QueueOverflow) != 0)
        {
            _folders.Forget();
            give(new Notice("", Happened.Overflow, IsFolder: true));
            return;
        }

        bool isFolder = (mask & OnFolder) != 0;
        ReadOnlySpan<byte> target = default;
        string? path = null, from = null, to = null;
        for (ReadOnlySpan<byte> rest = notice[metadata..]; rest.Length >= InfoHeader;)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]);
            ReadOnlySpan<byte> info = rest[4..length];
            switch (rest[0])
            {
                case FolderNameInfo or FolderInfo: path = PathOf(info); break;
                case OldFolderNameInfo: from = PathOf(info); break;
                case NewFolderNameInfo: to = PathOf(info); break;
                case FileInfo: target = info; break;
                default: break;
            }

            rest = rest[length..];
        }

        if (isFolder && (mask & (Rename | MovedFrom | MovedTo)) != 0) _folders.Forget();
        if ((path ?? from ?? to) is null) return;
        if (pid == _ignoredPid)
        {
            Volatile.Write(ref _ownEvents, _ownEvents + 1);
            return;
        }

        // A folder that is new and soon gone could not be found any more when what happened in it is read.
        if (isFolder && (mask & Create) != 0 && path is not null) _folders.Learn(target, path);
        FileActor? by = _actors.Read(pid);
        if ((mask & Rename) == 0)
        {
            give(new Notice(path!, What(mask), isFolder, By: by));
            return;
        }

        if (to is null) give(new Notice(from!, Happened.Deleted, isFolder, By: by));
        else if (from is null) give(new Notice(to, Happened.Created | (isFolder ? Happened.Unlisted : 0), isFolder, By: by));
        else give(new Notice(to, Happened.Moved, isFolder, from, by));
    }

    // Null where nothing is watched.
    private string? PathOf(ReadOnlySpan<byte> info)
    {
        if (_folders.Find(info, out ReadOnlySpan<byte> name) is not { } folder) return null;
        if (name.IsEmpty || name.SequenceEqual("."u8)) return folder;
        return folder == "/" ? "/" + PathText.FromBytes(name) : $"{folder}/{PathText.FromBytes(name)}";
    }

    private static Happened What(ulong mask)
    {
        Happened what = Happened.None;
        if ((mask & Create) != 0) what |= Happened.Created;
        if ((mask & MovedTo) != 0) what |= Happened.Created | ((mask & OnFolder) != 0 ? Happened.Unlisted : 0);
        if ((mask & Modify) != 0) what |= Happened.Written;
        if ((mask & CloseWrite) != 0) what |= Happened.Closed;
        if ((mask & Attributes) != 0) what |= Happened.Attributes;
        if ((mask & (Delete | MovedFrom)) != 0) what |= Happened.Deleted;
        return what;
    }
}
