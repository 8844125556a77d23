using System.Buffers.Text;
using System.Globalization;

namespace Streams.Events.Decoding;

/// <summary>
/// A file by its numbers, as a PATH record has them: <c>inode=%lu dev=%02x:%02x</c> (audit_log_name, kernel/audit.c). They are kept as
/// numbers, since every PATH record has them and few are asked for.
/// </summary>
internal readonly record struct FileNumber
{
    private readonly ulong _inode;
    private readonly uint _major;
    private readonly uint _minor;
    private readonly bool _hasInode;
    private readonly bool _hasDevice;

    private FileNumber(ReadOnlySpan<byte> inode, ReadOnlySpan<byte> device)
    {
        _hasInode = Utf8Parser.TryParse(inode, out _inode, out int read) && read == inode.Length;
        int colon = device.IndexOf((byte)':');
        if (colon < 0) return;
        _hasDevice = Utf8Parser.TryParse(device[..colon], out _major, out read, 'x') && read == colon
            && Utf8Parser.TryParse(device[(colon + 1)..], out _minor, out read, 'x') && read == device.Length - colon - 1;
    }

    /// <summary>The inode's number; null where there is none.</summary>
    public string? Inode => _hasInode ? _inode.ToString(CultureInfo.InvariantCulture) : null;

    /// <summary>The device; null where there is none.</summary>
    public string? Device => _hasDevice ? string.Create(CultureInfo.InvariantCulture, $"{_major:x2}:{_minor:x2}") : null;

    /// <summary>Reads both; what has another form is not there.</summary>
    public static FileNumber Of(ReadOnlySpan<byte> inode, ReadOnlySpan<byte> device) => new(inode, device);
}
