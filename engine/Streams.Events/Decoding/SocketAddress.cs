using System.Buffers.Binary;
using Streams.Events.Tables;

namespace Streams.Events.Decoding;

/// <summary>The address in a SOCKADDR record: a struct sockaddr as the kernel had it, in hexadecimal, often longer than the
/// address.</summary>
internal struct SocketAddress
{
    public int Family;

    /// <summary>IPv4, IPv6 (an IPv4-mapped one as IPv4), or a hardware address.</summary>
    public Piece Address;

    /// <summary>A port; -1 for none.</summary>
    public long Port;

    /// <summary>A unix socket's path; an abstract name begins with @.</summary>
    public Piece Path;

    public long Flow;
    public long Scope;
    public long Cid;
    public long Interface;
    public long Protocol;
    public long Process;
    public long Groups;

    /// <summary>The record's own text, where the family is not decoded whole.</summary>
    public Piece Raw;

    /// <summary>No address: nothing of it is known.</summary>
    public static SocketAddress None => new()
    {
        Family = -1,
        Port = -1,
        Flow = -1,
        Scope = -1,
        Cid = -1,
        Interface = -1,
        Protocol = -1,
        Process = -1,
        Groups = -1,
    };

    /// <summary>Decodes an address.</summary>
    /// <param name="hex">The value of saddr; any text.</param>
    /// <param name="whole">The same as a value to show.</param>
    /// <param name="littleEndian">How the machine orders the bytes of the family.</param>
    /// <param name="scratch">Where texts are made.</param>
    public static SocketAddress Decode(ReadOnlySpan<byte> hex, in Piece whole, bool littleEndian, Scratch scratch)
    {
        SocketAddress address = None;

        // No address is longer than a struct sockaddr_storage.
        Span<byte> storage = stackalloc byte[128];
        int length = Math.Min(hex.Length / 2, storage.Length);
        if (length < 2 || !Hex.IsEncoded(hex[..(2 * length)]))
        {
            address.Raw = whole;
            return address;
        }

        Span<byte> bytes = storage[..length];
        Hex.Decode(hex[..(2 * length)], bytes);
        address.Family = Number16(bytes, littleEndian);
        switch (address.Family)
        {
            case SocketFamilies.Unix:
                address.Path = UnixPath(bytes[2..], scratch);
                break;
            case SocketFamilies.Ipv4 when length >= 8:
                address.Port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
                address.Address = scratch.Ipv4(bytes.Slice(4, 4));
                break;
            case SocketFamilies.Ipv6 when length >= 24:
                address.Port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
                address.Flow = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) is > 0 and var flow ? flow : -1;
                ReadOnlySpan<byte> ip = bytes.Slice(8, 16);
                address.Address = ip.StartsWith(MappedPrefix) ? scratch.Ipv4(ip[12..]) : scratch.Ipv6(ip);
                if (length >= 28 && Number32(bytes[24..], littleEndian) is > 0 and var scope) address.Scope = scope;
                break;
            case SocketFamilies.Netlink:
                address.Raw = whole;
                if (length >= 12)
                {
                    address.Process = Number32(bytes[4..], littleEndian);
                    address.Groups = Number32(bytes[8..], littleEndian);
                }

                break;
            case SocketFamilies.Packet:
                address.Raw = whole;
                if (length >= 12)
                {
                    address.Protocol = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
                    address.Interface = Number32(bytes[4..], littleEndian);
                    int hardware = Math.Min(bytes[11], (byte)8);
                    if (hardware > 0 && length >= 12 + hardware) address.Address = scratch.Hardware(bytes.Slice(12, hardware));
                }

                break;
            case SocketFamilies.Vsock:
                address.Raw = whole;
                if (length >= 12)
                {
                    address.Port = Number32(bytes[4..], littleEndian);
                    address.Cid = Number32(bytes[8..], littleEndian);
                }

                break;
            default:
                address.Raw = whole;
                break;
        }

        return address;
    }

    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF];

    // unix(7): a path ends at its NUL, whatever follows; an abstract name begins with one and may hold more. Shown as ss(8) does.
    private static Piece UnixPath(Span<byte> path, Scratch scratch)
    {
        if (path.IsEmpty) return default;
        if (path[0] != 0)
        {
            int end = path.IndexOf((byte)0);
            return scratch.Copy(end < 0 ? path : path[..end]);
        }

        path = path[..(path.LastIndexOfAnyExcept((byte)0) + 1)];
        if (path.IsEmpty) return default;
        path.Replace((byte)0, (byte)'@');
        return scratch.Copy(path);
    }

    private static int Number16(ReadOnlySpan<byte> bytes, bool littleEndian) =>
        littleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static long Number32(ReadOnlySpan<byte> bytes, bool littleEndian) =>
        littleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
