using System.Runtime.InteropServices;
using Streams.Files.Watching;

namespace Streams.Files;

// Those of the watchers.
internal static unsafe partial class Libc
{
    public const short PollIn = 1;
    public const short PollPri = 2;
    public const short PollErr = 8;

    private const int PathMax = 4096;

    [LibraryImport(Library, EntryPoint = "fanotify_init", SetLastError = true)]
    public static partial int FanotifyInit(uint flags, uint eventFlags);

    [LibraryImport(Library, EntryPoint = "fanotify_mark", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int FanotifyMark(Descriptor group, uint flags, ulong mask, int folder, string path);

    [LibraryImport(Library, EntryPoint = "inotify_init1", SetLastError = true)]
    public static partial int InotifyInit(int flags);

    [LibraryImport(Library, EntryPoint = "inotify_add_watch", SetLastError = true)]
    private static partial int InotifyAddWatch(Descriptor inotify, ReadOnlySpan<byte> path, uint mask);

    [LibraryImport(Library, EntryPoint = "inotify_rm_watch", SetLastError = true)]
    public static partial int InotifyRemoveWatch(Descriptor inotify, int watch);

    [LibraryImport(Library, EntryPoint = "open_by_handle_at", SetLastError = true)]
    public static partial int OpenByHandle(Descriptor mount, byte* handle, int flags);

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport(Library, EntryPoint = "statfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int StatFileSystem(string path, out FileSystem found);

    [LibraryImport(Library, EntryPoint = "readlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint ReadLink(string path, Span<byte> target, nint size);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(Descriptor descriptor, Span<byte> buffer, nint count);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(Descriptor descriptor, ReadOnlySpan<byte> bytes, nint count);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventDescriptor(uint initial, int flags);

    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(Span<PollDescriptor> descriptors, nuint count, int milliseconds);

    /// <summary>Watches a folder.</summary>
    public static int InotifyAddWatch(Descriptor inotify, string path, uint mask) =>
        InotifyAddWatch(inotify, [.. PathText.ToBytes(path), 0], mask);

    /// <summary>Where a symbolic link leads, as it is written there; null when the path is no link.</summary>
    public static string? TargetOf(string path)
    {
        Span<byte> target = stackalloc byte[PathMax];
        nint length = ReadLink(path, target, target.Length);
        return length <= 0 ? null : PathText.FromBytes(target[..(int)length]);
    }

    /// <summary><c>struct pollfd</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    /// <summary><c>struct statfs</c>, of which the id is read (the same on x86_64 and aarch64).</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct FileSystem
    {
        [FieldOffset(56)]
        public ulong Id;
    }
}
