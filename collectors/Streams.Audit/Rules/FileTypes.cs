namespace Streams.Audit.Rules;

/// <summary>Kinds of files by the type bits of their mode (inode(7)), as the field <c>filetype</c> names them.</summary>
internal static class FileTypes
{
    // The first name of a number is the one that auditctl(8) has.
    private static readonly (string Name, uint Mode)[] All =
    [
        ("file", 0x8000), ("dir", 0x4000), ("socket", 0xC000), ("link", 0xA000), ("character", 0x2000), ("block", 0x6000), ("fifo", 0x1000),
        ("symlink", 0xA000), ("char", 0x2000), ("directory", 0x4000),
    ];

    /// <summary>The type bits of a name; 0 if it is not known.</summary>
    public static uint Mode(string name) => Array.Find(All, entry => entry.Name == name).Mode;

    /// <summary>The name of type bits, or null.</summary>
    public static string? Name(uint mode) => Array.Find(All, entry => entry.Mode == mode).Name;
}
