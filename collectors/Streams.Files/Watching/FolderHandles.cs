using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Streams.Files.Watching;

/// <summary>
/// Where the folders are that fanotify names by handles. What is found is remembered until a folder is moved; full, all of it is
/// forgotten. One thread finds; any may add and forget.
/// </summary>
internal sealed unsafe class FolderHandles(Func<string, bool> isPlace)
{
    private const int Limit = 65_536;

    // fsid, then struct file_handle: its length, its type, its bytes (linux/exportfs.h: at most 128).
    private const int FileSystemId = 8;
    private const int HandleHeader = 8;

    // FILEID_INO32_GEN of linux/exportfs.h.
    private const int NumberOfInode = 1;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, string?> _paths = new(StringComparer.Ordinal);
    private readonly Dictionary<ulong, List<string>> _mounts = [];
    private long _unresolved;

    /// <summary>
    /// Whether folders may be found by handles: open_by_handle_at asks for CAP_DAC_READ_SEARCH before it looks for the file, which here is
    /// none (handle_to_path, fs/fhandle.c).
    /// </summary>
    public static bool MayOpen()
    {
        using var root = new Descriptor(Libc.Open("/", Libc.ReadOnly | Libc.NonBlocking | Libc.CloseOnExec));
        Span<byte> none = stackalloc byte[HandleHeader + 8];
        none.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(none, 8);
        BinaryPrimitives.WriteInt32LittleEndian(none[4..], NumberOfInode);
        int number;
        fixed (byte* handle = none) number = Libc.OpenByHandle(root, handle, Libc.PathOnly | Libc.CloseOnExec);
        using var opened = new Descriptor(number);
        return !opened.IsInvalid || Marshal.GetLastPInvokeError() != Libc.Eperm;
    }

    /// <summary>Folders that were gone before their place was found.</summary>
    public long Unresolved => Volatile.Read(ref _unresolved);

    /// <summary>Folders of this file system can be found through this path. It is not held open: it could not be unmounted then.</summary>
    public void AddMount(ulong fileSystem, string point)
    {
        lock (_gate)
        {
            if (!_mounts.TryGetValue(fileSystem, out List<string>? mounts)) _mounts[fileSystem] = mounts = [];
            if (!mounts.Contains(point)) mounts.Add(point);
            _paths.Clear();
        }
    }

    /// <summary>The path of a folder; null when nothing in it is watched, or it is gone.</summary>
    /// <param name="info">The id of a file system, a handle and a name, as in <c>struct fanotify_event_info_fid</c>.</param>
    /// <param name="name">The name behind the handle; empty when there is none.</param>
    public string? Find(ReadOnlySpan<byte> info, out ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> key = Split(info, out name);
        lock (_gate)
        {
            var lookup = _paths.GetAlternateLookup<ReadOnlySpan<char>>();
            if (lookup.TryGetValue(MemoryMarshal.Cast<byte, char>(key), out string? known)) return known;
            string? found = Resolve(key, out bool isGone);
            if (isGone)
            {
                Volatile.Write(ref _unresolved, _unresolved + 1);
                return null;
            }

            if (_paths.Count >= Limit) _paths.Clear();
            lookup[MemoryMarshal.Cast<byte, char>(key)] = found;
            return found;
        }
    }

    /// <summary>A folder is at a path: it was just made there.</summary>
    public void Learn(ReadOnlySpan<byte> info, string path)
    {
        if (info.IsEmpty) return;
        lock (_gate)
        {
            if (_paths.Count >= Limit) _paths.Clear();
            var lookup = _paths.GetAlternateLookup<ReadOnlySpan<char>>();
            lookup[MemoryMarshal.Cast<byte, char>(Split(info, out _))] = isPlace(path) ? path : null;
        }
    }

    /// <summary>Folders have other paths now.</summary>
    public void Forget()
    {
        lock (_gate) _paths.Clear();
    }

    private static ReadOnlySpan<byte> Split(ReadOnlySpan<byte> info, out ReadOnlySpan<byte> name)
    {
        int end = FileSystemId + HandleHeader + (int)BinaryPrimitives.ReadUInt32LittleEndian(info[FileSystemId..]);
        ReadOnlySpan<byte> rest = end < info.Length ? info[end..] : default;
        int nul = rest.IndexOf((byte)0);
        name = nul < 0 ? rest : rest[..nul];
        return info[..end];
    }

    // A file system may be mounted in several places, and a folder be seen from some of them only.
    private string? Resolve(ReadOnlySpan<byte> key, out bool isGone)
    {
        isGone = false;
        if (!_mounts.TryGetValue(BinaryPrimitives.ReadUInt64LittleEndian(key), out List<string>? mounts)) return null;
        Span<byte> target = stackalloc byte[4096];
        foreach (string point in mounts)
        {
            using var mount = new Descriptor(Libc.Open(point, Libc.ReadOnly | Libc.NonBlocking | Libc.CloseOnExec));
            if (mount.IsInvalid) continue;
            int number;
            fixed (byte* handle = key[FileSystemId..]) number = Libc.OpenByHandle(mount, handle, Libc.PathOnly | Libc.CloseOnExec);
            using var folder = new Descriptor(number);
            if (folder.IsInvalid)
            {
                isGone = true;
                return null;
            }

            nint length = Libc.ReadLink($"/proc/self/fd/{folder.Number}", target, target.Length);
            if (length <= 0 || target[0] != '/') continue;
            string path = PathText.FromBytes(target[..(int)length]);

            // The kernel's mark of a folder that has been removed but is held open.
            if (path.EndsWith(" (deleted)", StringComparison.Ordinal) && !Directory.Exists(path))
            {
                isGone = true;
                return null;
            }

            if (isPlace(path)) return path;
        }

        return null;
    }
}
