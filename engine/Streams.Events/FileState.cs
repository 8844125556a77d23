using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Streams.Events;

/// <summary>Whose a file is, and who may do what with it.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
public readonly partial struct FileState
{
    // struct statx and the constants are the same on every architecture: statx(2), inode(7).
    private const int CurrentFolder = -100, NoFollow = 0x100, OfDescriptor = 0x1000, Wanted = 0x1 | 0x2 | 0x8 | 0x10 | 0x100 | 0x200;
    private const ushort Kind = 0xF000, Folder = 0x4000, Regular = 0x8000, Link = 0xA000, Sticky = 0x200;
    private const ushort Fifo = 0x1000, Socket = 0xC000;

    [FieldOffset(20)] private readonly uint _uid;
    [FieldOffset(24)] private readonly uint _gid;
    [FieldOffset(28)] private readonly ushort _mode;
    [FieldOffset(32)] private readonly ulong _inode;
    [FieldOffset(40)] private readonly ulong _size;
    [FieldOffset(136)] private readonly uint _deviceMajor;
    [FieldOffset(140)] private readonly uint _deviceMinor;

    /// <summary>Its owner.</summary>
    public uint Uid => _uid;

    /// <summary>Its group.</summary>
    public uint Gid => _gid;

    /// <summary>How many bytes it has.</summary>
    public ulong Size => _size;

    /// <summary>Whether it is a folder.</summary>
    public bool IsFolder => (_mode & Kind) == Folder;

    /// <summary>Whether it is a file that holds bytes: not a device, a FIFO or a socket.</summary>
    public bool IsRegular => (_mode & Kind) == Regular;

    /// <summary>Whether it is a symbolic link.</summary>
    public bool IsLink => (_mode & Kind) == Link;

    /// <summary>What it is where it is not a regular file, with an article: <c>a folder</c>, <c>a FIFO</c>.</summary>
    public string KindText => (_mode & Kind) switch
    {
        Regular => "a regular file",
        Folder => "a folder",
        Link => "a symbolic link",
        Fifo => "a FIFO",
        Socket => "a socket",
        _ => "a device",
    };

    /// <summary>Whether in a folder that all may write nobody may take away what is another's (as on /tmp).</summary>
    public bool IsSticky => (_mode & Sticky) != 0;

    /// <summary>The permissions of owner, group and others.</summary>
    public UnixFileMode Mode => (UnixFileMode)(_mode & 0x1FF);

    /// <summary>Whether both are the same file, whatever their names. It is exact while one of the two is open.</summary>
    public bool IsSameFile(in FileState other) =>
        (_inode, _deviceMajor, _deviceMinor) == (other._inode, other._deviceMajor, other._deviceMinor);

    /// <summary>Looks at a path; null when it cannot be looked at.</summary>
    /// <param name="path">The path.</param>
    /// <param name="follow">Whether a symbolic link stands for what it leads to.</param>
    public static FileState? Of(string path, bool follow) =>
        StatX(CurrentFolder, path, follow ? 0 : NoFollow, Wanted, out FileState state) == 0 ? state : null;

    /// <summary>Looks at a file that is open, not at what its name means by now; null when it cannot be looked at.</summary>
    public static FileState? Of(SafeFileHandle file) =>
        StatX(file, "", OfDescriptor, Wanted, out FileState state) == 0 ? state : null;

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, out FileState state);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(SafeFileHandle file, string path, int flags, uint mask, out FileState state);
}
