using System.Runtime.InteropServices;

namespace Streams.Audit;

/// <summary>What stands behind a path, by statx(2).</summary>
internal static unsafe partial class FileKind
{
    // linux/stat.h: struct statx is the same on every architecture; its field stx_mode, and the kinds in it.
    private const int StatxSize = 256;
    private const int ModeAt = 28;
    private const int KindMask = 0xF000;
    private const int Regular = 0x8000;

    private const int AtCurrentDirectory = -100;
    private const uint StatxType = 1;

    /// <summary>
    /// Whether it is there and no regular file: a pipe, a socket or a device, which reading may wait for without end. Links are followed.
    /// </summary>
    public static bool IsSpecial(string path)
    {
        byte* buffer = stackalloc byte[StatxSize];
        return Statx(AtCurrentDirectory, path, 0, StatxType, buffer) == 0 && (*(ushort*)(buffer + ModeAt) & KindMask) != Regular;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, byte* buffer);
}
