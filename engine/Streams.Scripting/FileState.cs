using System.Runtime.InteropServices;

namespace Streams.Scripting;

/// <summary>Whose a file is, and who may do what with it.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal readonly struct FileState
{
    // struct statx and the constants are the same on every architecture: statx(2), inode(7).
    private const int CurrentFolder = -100, NoFollow = 0x100, TypeModeIds = 0x1 | 0x2 | 0x8 | 0x10;
    private const ushort Kind = 0xF000, Folder = 0x4000, Regular = 0x8000, Link = 0xA000, Sticky = 0x200;

    [FieldOffset(20)] public readonly uint Uid;
    [FieldOffset(24)] public readonly uint Gid;
    [FieldOffset(28)] private readonly ushort _mode;

    public bool IsFolder => (_mode & Kind) == Folder;

    public bool IsRegular => (_mode & Kind) == Regular;

    public bool IsLink => (_mode & Kind) == Link;

    /// <summary>Whether in a folder that all may write nobody may take away what is another's (as on /tmp).</summary>
    public bool IsSticky => (_mode & Sticky) != 0;

    /// <summary>The permissions of owner, group and others.</summary>
    public UnixFileMode Mode => (UnixFileMode)(_mode & 0x1FF);

    /// <summary>Looks at a path; null when it cannot be looked at.</summary>
    public static FileState? Of(string path, bool follow) =>
        StatX(CurrentFolder, path, follow ? 0 : NoFollow, TypeModeIds, out FileState state) == 0 ? state : null;

    [DllImport("libc", EntryPoint = "statx", CharSet = CharSet.Ansi)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int StatX(
        int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, out FileState state);
}
