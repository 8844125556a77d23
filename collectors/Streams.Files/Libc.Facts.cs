using System.Runtime.InteropServices;

namespace Streams.Files;

// Those that read what a file is.
internal static unsafe partial class Libc
{
    public const int NoAccessTime = 0x40000;
    public const int EmptyPath = 0x1000;

    // asm-generic/fcntl.h; aarch64 has its own numbers for these two (arch/arm64/include/uapi/asm/fcntl.h).
    public static readonly int Folder = IsArm ? 0x4000 : 0x10000;
    public static readonly int NoFollow = IsArm ? 0x8000 : 0x20000;

    /// <summary>All that statx(2) calls basic.</summary>
    public const uint BasicStatus = 0x7ff;

    // openat2(2) has this number on all architectures and no function in glibc before 2.43; RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS.
    private const nint OpenAt2 = 437;
    private const ulong NoLinks = 6;

    private static volatile bool _hasOpenAt2 = true;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>
    /// Opens a path. No part of it may be a symbolic link, but the last with <see cref="PathOnly"/> (which opens the link).
    /// </summary>
    public static int OpenWithoutLinks(string path, int flags)
    {
        Span<byte> bytes = stackalloc byte[Room(path)];
        fixed (byte* text = Terminated(path, bytes))
        {
            if (_hasOpenAt2)
            {
                var how = new OpenHow { Flags = (uint)(flags | NoFollow | CloseOnExec), Resolve = NoLinks };
                int descriptor = (int)SystemCall(OpenAt2, CurrentFolder, (nint)text, (nint)(&how), sizeof(OpenHow));
                int error = Marshal.GetLastPInvokeError();
                // Older container engines refuse calls that they do not know with EPERM, which opening just a path never gives.
                if (descriptor >= 0 || error is not (Enosys or Eperm)) return descriptor;
                _hasOpenAt2 = error == Eperm;
            }

            // Before kernel 5.6 only the last part is looked at.
            return OpenAt(CurrentFolder, text, flags | NoFollow | CloseOnExec, 0);
        }
    }

    /// <summary>Opens for reading what a descriptor with <see cref="PathOnly"/> stands for.</summary>
    public static int OpenAgain(int descriptor, int flags)
    {
        Span<byte> path = stackalloc byte[32];
        fixed (byte* text = OfDescriptor(descriptor, path)) return OpenAt(CurrentFolder, text, flags | CloseOnExec, 0);
    }

    /// <summary>What is written in a symbolic link; null on an error.</summary>
    public static string? ReadLink(int descriptor)
    {
        const int MaxPath = 4096;
        Span<byte> target = stackalloc byte[MaxPath];
        byte empty = 0;
        nint length;
        fixed (byte* to = target) length = ReadLinkAt(descriptor, &empty, to, MaxPath);
        return length < 0 ? null : PathText.FromBytes(target[..(int)length]);
    }

    /// <summary><c>/proc/self/fd/N</c>, ended by a zero.</summary>
    public static Span<byte> OfDescriptor(int descriptor, Span<byte> path)
    {
        "/proc/self/fd/"u8.CopyTo(path);
        System.Buffers.Text.Utf8Formatter.TryFormat(descriptor, path[14..], out int digits);
        path[14 + digits] = 0;
        return path;
    }

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true)]
    public static partial int Status(int folder, byte* path, int flags, uint mask, out FileStatus status);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, Span<byte> buffer, nint count);

    [LibraryImport(Library, EntryPoint = "pread", SetLastError = true)]
    public static partial nint ReadAt(int descriptor, Span<byte> buffer, nint count, long offset);

    [LibraryImport(Library, EntryPoint = "listxattr", SetLastError = true)]
    public static partial nint ListAttributes(byte* path, byte* list, nint size);

    [LibraryImport(Library, EntryPoint = "flistxattr", SetLastError = true)]
    public static partial nint ListAttributes(int descriptor, byte* list, nint size);

    [LibraryImport(Library, EntryPoint = "getxattr", SetLastError = true)]
    public static partial nint GetAttribute(byte* path, byte* name, byte* value, nint size);

    [LibraryImport(Library, EntryPoint = "fdopendir", SetLastError = true)]
    public static partial nint OpenFolder(int descriptor);

    [LibraryImport(Library, EntryPoint = "readdir", SetLastError = true)]
    public static partial byte* ReadFolder(nint folder);

    [LibraryImport(Library, EntryPoint = "closedir")]
    public static partial int CloseFolder(nint folder);

    [LibraryImport(Library, EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    [LibraryImport(Library, EntryPoint = "openat", SetLastError = true)]
    private static partial int OpenAt(int folder, byte* path, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third, nint fourth);

    [LibraryImport(Library, EntryPoint = "readlinkat", SetLastError = true)]
    private static partial nint ReadLinkAt(int folder, byte* path, byte* target, nint size);

    private static int Room(string path) => Math.Min(PathText.MaxBytes(path) + 1, 3 * 4096 + 1);

    private static Span<byte> Terminated(string path, Span<byte> bytes)
    {
        // Longer ones do not exist (PATH_MAX): the empty path gives ENOENT.
        bytes[PathText.MaxBytes(path) < bytes.Length ? PathText.Write(path, bytes) : 0] = 0;
        return bytes;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    /// <summary><c>struct statx</c> (linux/stat.h), the same on all architectures.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public readonly struct FileStatus
    {
        [FieldOffset(20)] public readonly uint Uid;
        [FieldOffset(24)] public readonly uint Gid;
        [FieldOffset(28)] public readonly ushort Mode;
        [FieldOffset(32)] public readonly ulong Inode;
        [FieldOffset(40)] public readonly long Size;
        [FieldOffset(96)] public readonly Timestamp Changed;
        [FieldOffset(112)] public readonly Timestamp Modified;
        [FieldOffset(136)] public readonly uint DeviceMajor;
        [FieldOffset(140)] public readonly uint DeviceMinor;
    }

    public readonly struct Timestamp
    {
        private readonly long _seconds;
        private readonly uint _nanoseconds;
        private readonly int _spare;

        // Stamps that no calendar of ours has (a file system may hold any) are cut to the nearest that it has.
        public DateTimeOffset Time
        {
            get
            {
                const long least = -62_135_596_800, most = 253_402_300_799;
                long seconds = Math.Clamp(_seconds, least, most);
                return DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(_nanoseconds / 100);
            }
        }
    }
}
