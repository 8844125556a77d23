namespace Streams.Files.Facts;

/// <summary>What is at a path.</summary>
public enum FileType : byte
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>A folder.</summary>
    Directory,

    /// <summary>A symbolic link; it is looked at itself, not followed.</summary>
    Symlink,

    /// <summary>A device read byte by byte.</summary>
    CharDevice,

    /// <summary>A device read block by block.</summary>
    BlockDevice,

    /// <summary>A named pipe.</summary>
    Fifo,

    /// <summary>A unix socket.</summary>
    Socket,
}

/// <summary>What is known of a file at one time.</summary>
public sealed record FileFacts
{
    /// <summary>Its path, absolute; bytes that are not UTF-8 stand as <see cref="PathText"/> says.</summary>
    public required string Path { get; init; }

    /// <summary>What it is.</summary>
    public FileType Type { get; init; }

    /// <summary>Of a symbolic link, what it says.</summary>
    public string? TargetPath { get; init; }

    /// <summary>Its number on its file system.</summary>
    public ulong Inode { get; init; }

    /// <summary>Its file system, as the kernel's device number: major in the upper 32 bits. It is no part of what is compared.</summary>
    public ulong Device { get; init; }

    /// <summary>Its owner.</summary>
    public uint Uid { get; init; }

    /// <summary>Its group.</summary>
    public uint Gid { get; init; }

    /// <summary>The owner's name; null when nobody knows. It is no part of what is compared.</summary>
    public string? Owner { get; init; }

    /// <summary>The group's name; null when nobody knows. It is no part of what is compared.</summary>
    public string? Group { get; init; }

    /// <summary>The twelve bits of its mode: permissions, setuid, setgid, sticky.</summary>
    public int Mode { get; init; }

    /// <summary>Bytes.</summary>
    public long Size { get; init; }

    /// <summary>When its content changed last, by the clock of whoever wrote it, UTC.</summary>
    public DateTimeOffset Modified { get; init; }

    /// <summary>When anything of it changed last, UTC.</summary>
    public DateTimeOffset Changed { get; init; }

    /// <summary>Its SELinux label.</summary>
    public string? Selinux { get; init; }

    /// <summary>Its access control list beyond the mode: <c>user:1000:rwx</c> each; see acl(5).</summary>
    public IReadOnlyList<string> PosixAcl { get; init; } = [];

    /// <summary>Its other extended attributes (<c>security.capability</c>, <c>user.*</c> …) by name, with their values' SHA-256.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Attributes { get; init; } = [];

    /// <summary>Its hashes by name, in hexadecimal.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Hashes { get; init; } = [];

    /// <summary>What its first bytes say it is; null when they were not read.</summary>
    public string? MimeType { get; init; }

    /// <summary>
    /// What its headers say, of an executable or library; null when that was not asked for. It is no part of what is compared.
    /// </summary>
    public Elf.ElfFacts? Elf { get; init; }

    /// <summary>What could not be found out, and why; null when all was.</summary>
    public string? Error { get; init; }

    /// <summary>Whether nothing could be found out but that something is there: it is not to be compared.</summary>
    public bool IsUnknown => Error is not null && Inode == 0;

    /// <summary>Whether whoever executes it gets its owner's rights.</summary>
    public bool IsSetuid => (Mode & 0x800) != 0;

    /// <summary>Whether whoever executes it gets its group's rights.</summary>
    public bool IsSetgid => (Mode & 0x400) != 0;

    /// <summary>Of a folder, whether only the owner of a file in it may rename or remove that file (inode(7)).</summary>
    public bool IsSticky => (Mode & 0x200) != 0;
}
