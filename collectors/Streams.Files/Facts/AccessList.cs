using System.Buffers.Binary;
using System.Globalization;

namespace Streams.Files.Facts;

/// <summary>The access control list of a file as the kernel keeps it in <c>system.posix_acl_access</c>: linux/posix_acl_xattr.h.</summary>
internal static class AccessList
{
    public const string Attribute = "system.posix_acl_access";

    private const int Header = 4;
    private const int EntrySize = 8;

    /// <summary>The entries as getfacl(1) prints them with <c>--numeric</c>; nothing for what is no list.</summary>
    /// <param name="value">The attribute.</param>
    // With numbers: a name that becomes known later would look like a change.
    public static IReadOnlyList<string> Read(ReadOnlySpan<byte> value)
    {
        if (value.Length < Header || BinaryPrimitives.ReadUInt32LittleEndian(value) != 2) return [];
        var entries = new List<string>();
        for (ReadOnlySpan<byte> rest = value[Header..]; rest.Length >= EntrySize; rest = rest[EntrySize..])
        {
            uint id = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            (string tag, string? name)? who = BinaryPrimitives.ReadUInt16LittleEndian(rest) switch
            {
                0x01 => ("user", ""),
                0x02 => ("user", id.ToString(CultureInfo.InvariantCulture)),
                0x04 => ("group", ""),
                0x08 => ("group", id.ToString(CultureInfo.InvariantCulture)),
                0x10 => ("mask", ""),
                0x20 => ("other", ""),
                _ => null,
            };
            if (who is not (var tagged, var named)) continue;
            int allowed = BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]);
            (char read, char write, char execute) =
                ((allowed & 4) != 0 ? 'r' : '-', (allowed & 2) != 0 ? 'w' : '-', (allowed & 1) != 0 ? 'x' : '-');
            entries.Add($"{tagged}:{named}:{read}{write}{execute}");
        }

        return entries;
    }
}
