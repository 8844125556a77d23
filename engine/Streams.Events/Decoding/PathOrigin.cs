using Streams.Events.Tables;

namespace Streams.Events.Decoding;

/// <summary>
/// Where the relative paths of a call begin: in the working directory, or in the folder of a descriptor (the *at calls), of which the
/// records say only the number.
/// </summary>
/// <param name="IsFirstPlaced">Whether its first path, or its only one, begins in the working directory.</param>
/// <param name="IsSecondPlaced">Whether its second path does.</param>
internal readonly record struct PathOrigin(bool IsFirstPlaced, bool IsSecondPlaced)
{
    // AT_FDCWD of linux/fcntl.h as the 32 bits that the kernel looks at.
    private const uint WorkingDirectory = 0xFFFF_FF9C;

    /// <summary>All begin in the working directory.</summary>
    public static readonly PathOrigin Placed = new(true, true);

    /// <summary>Nothing is known, as of an io_uring operation: its record has no arguments.</summary>
    public static readonly PathOrigin Unknown = new(false, false);

    public bool IsPlaced => IsFirstPlaced && IsSecondPlaced;

    /// <summary>Which arguments are the descriptors of the first and of the second path; -1 for none.</summary>
    public static (int First, int Second) Arguments(ushort call) => call switch
    {
        SyscallId.Openat or SyscallId.Openat2 or SyscallId.Mkdirat or SyscallId.Mknodat or SyscallId.Unlinkat or SyscallId.Fchownat
            or SyscallId.Fchmodat or SyscallId.Fchmodat2 or SyscallId.Faccessat or SyscallId.Faccessat2 or SyscallId.Readlinkat
            or SyscallId.Newfstatat or SyscallId.Fstatat64 or SyscallId.Statx or SyscallId.Futimesat or SyscallId.Utimensat
            or SyscallId.UtimensatTime64 or SyscallId.NameToHandleAt or SyscallId.Execveat or SyscallId.OpenTree or SyscallId.OpenTreeAttr
            or SyscallId.Fspick or SyscallId.MountSetattr or SyscallId.Setxattrat or SyscallId.Getxattrat or SyscallId.Listxattrat
            or SyscallId.Removexattrat or SyscallId.FileGetattr or SyscallId.FileSetattr => (0, -1),
        SyscallId.Symlinkat => (1, -1),
        SyscallId.Renameat or SyscallId.Renameat2 or SyscallId.Linkat or SyscallId.MoveMount => (0, 2),
        _ => (-1, -1),
    };

    /// <summary>
    /// Whether the call makes a symbolic link: its text stands among the paths, of the type UNKNOWN, and begins in the folder of the link.
    /// </summary>
    public static bool IsLink(ushort call) => call is SyscallId.Symlink or SyscallId.Symlinkat;

    /// <summary>The origin by the values of those arguments; null for one that the records do not have.</summary>
    public static PathOrigin Of((int First, int Second) arguments, ulong? first, ulong? second) =>
        new(
            arguments.First < 0 || (first is { } one && (uint)one == WorkingDirectory),
            arguments.Second < 0 ? arguments.First < 0 || (first is { } same && (uint)same == WorkingDirectory)
                : second is { } two && (uint)two == WorkingDirectory);

    /// <summary>Whether the relative name of a PATH record begins in the working directory.</summary>
    /// <param name="kind">The record's nametype.</param>
    /// <param name="parents">How many PATH records of the type PARENT there are before it.</param>
    public bool Places(ReadOnlySpan<byte> kind, int parents)
    {
        if (IsFirstPlaced == IsSecondPlaced) return IsFirstPlaced;

        // A rename looks up the folder of the old name and then that of the new one, and may delete what has the new name (do_renameat2,
        // fs/namei.c): of what it deletes, the name may be either. Of a link the first path is the file that is there already.
        if (kind.SequenceEqual("PARENT"u8)) return parents == 0 ? IsFirstPlaced : IsSecondPlaced;
        if (kind.SequenceEqual("CREATE"u8)) return IsSecondPlaced;
        return kind.SequenceEqual("NORMAL"u8) && IsFirstPlaced;
    }
}
