namespace Streams.Events.Tables;

/// <summary>File types and permissions from mode bits (inode(7)).</summary>
public static class FileModes
{
    private const int TypeMask = 0xF000;

    private const int PermissionMask = 0xFFF;

    private static readonly string?[] Permissions = new string?[PermissionMask + 1];

    /// <summary>
    /// The kind of file, as Auditbeat names kinds of objects: <c>file</c>, <c>directory</c>, <c>character-device</c>,
    /// <c>block-device</c>, <c>named-pipe</c>, <c>symlink</c>, <c>socket</c>; null if the type bits are none of these.
    /// </summary>
    public static string? Kind(uint mode) => (mode & TypeMask) switch
    {
        0x8000 => "file",
        0x4000 => "directory",
        0x2000 => "character-device",
        0x6000 => "block-device",
        0x1000 => "named-pipe",
        0xA000 => "symlink",
        0xC000 => "socket",
        _ => null,
    };

    /// <summary>
    /// The permissions in octal as Auditbeat's <c>file.mode</c> has them: a leading zero and at least four digits
    /// (<c>0644</c>), five with set-user-id, set-group-id or the sticky bit (<c>04755</c>).
    /// </summary>
    public static string PermissionText(uint mode)
    {
        var bits = (int)(mode & PermissionMask);
        return Permissions[bits] ??= "0" + Convert.ToString(bits, 8).PadLeft(3, '0');
    }
}
