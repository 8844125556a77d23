using System.Runtime.InteropServices;

namespace Streams.Files.Facts;

/// <summary>The calls of the C library that facts of files come from.</summary>
internal static partial class Libc
{
    public const int CurrentFolder = -100; // AT_FDCWD
    public const int NoFollow = 0x100; // AT_SYMLINK_NOFOLLOW
    public const uint BasicFacts = 0x7FF; // STATX_BASIC_STATS

    // O_RDONLY with O_NONBLOCK, so that a pipe put in a file's place holds up nobody; O_NOFOLLOW differs by architecture.
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;
    public const int NoAccessTime = 0x40000;
    public static readonly int NoLinks = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x8000 : 0x20000;

    public const int NotPermitted = 1; // EPERM
    public const int NotThere = 2; // ENOENT
    public const int NotAFolder = 20; // ENOTDIR

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int StatX(int folder, string path, int flags, uint mask, out FileStatus status);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "readlink", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial nint ReadLink(string path, Span<byte> target, nint size);

    [LibraryImport("libc", EntryPoint = "lgetxattr", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial nint GetAttribute(string path, string name, Span<byte> value, nint size);

    /// <summary>struct statx of linux/stat.h, the same on every architecture.</summary>
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
