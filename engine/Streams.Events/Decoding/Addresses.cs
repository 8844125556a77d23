using System.Text;

namespace Streams.Events.Decoding;

/// <summary>IP addresses as text. An IPv4 address is its IPv4-mapped IPv6 form, so that one kind of number holds both.</summary>
internal static class Addresses
{
    private static readonly UInt128 Mapped = new(0, 0xFFFF_0000_0000);

    // What is no address of somebody else on the Internet. Documentation ranges are left out: they stand for the Internet in examples
    // and tests.
    private static readonly (UInt128 Network, UInt128 Mask)[] NotPublic = Array.ConvertAll(
        (string[])
        [
            "0.0.0.0/8",       // this network, RFC 791
            "10.0.0.0/8",      // private, RFC 1918
            "100.64.0.0/10",   // carrier-grade NAT, RFC 6598
            "127.0.0.0/8",     // loopback, RFC 1122
            "169.254.0.0/16",  // link-local, RFC 3927
            "172.16.0.0/12",   // private, RFC 1918
            "192.168.0.0/16",  // private, RFC 1918
            "224.0.0.0/4",     // multicast, RFC 5771
            "255.255.255.255/32", // broadcast, RFC 919
            "::/128",          // unspecified, RFC 4291
            "::1/128",         // loopback, RFC 4291
            "fc00::/7",        // unique local, RFC 4193
            "fe80::/10",       // link-local, RFC 4291
            "ff00::/8",        // multicast, RFC 4291
        ],
        ParseNetwork);

    public static bool IsPublic(string? text)
    {
        if (text is null || text.Length > 45 || !TryParse(text, out UInt128 address)) return false;
        foreach ((UInt128 network, UInt128 mask) in NotPublic)
        {
            if ((address & mask) == network) return false;
        }

        return true;
    }

    public static bool TryParse(ReadOnlySpan<char> text, out UInt128 address)
    {
        Span<byte> bytes = stackalloc byte[64];
        address = default;
        return text.Length <= bytes.Length && Encoding.ASCII.GetBytes(text, bytes) is var length && TryParse(bytes[..length], out address);
    }

    /// <summary>Reads a dotted IPv4 address or an IPv6 address, without a zone and without a port.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out UInt128 address)
    {
        if (text.IndexOf((byte)':') < 0)
        {
            bool parsed = TryParse4(text, out uint four);
            address = Mapped | four;
            return parsed;
        }

        return TryParse6(text, out address);
    }

    private static bool TryParse4(ReadOnlySpan<byte> text, out uint address)
    {
        address = 0;
        int parts = 0;
        int number = -1;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || text[i] == '.')
            {
                if (number < 0) return false;
                address = address << 8 | (uint)number;
                parts++;
                number = -1;
                continue;
            }

            if (text[i] is < (byte)'0' or > (byte)'9') return false;
            number = Math.Max(number, 0) * 10 + text[i] - '0';
            if (number > 255) return false;
        }

        return parts == 4;
    }

    private static bool TryParse6(ReadOnlySpan<byte> text, out UInt128 address)
    {
        address = default;
        Span<ushort> groups = stackalloc ushort[8];
        int count = 0;
        int gap = -1;
        int at = 0;
        if (text.StartsWith("::"u8))
        {
            gap = 0;
            at = 2;
        }

        while (at < text.Length)
        {
            if (count == 8) return false;
            int length = text[at..].IndexOf((byte)':');
            ReadOnlySpan<byte> group = length < 0 ? text[at..] : text.Slice(at, length);
            if (length < 0 && group.IndexOf((byte)'.') >= 0)
            {
                if (count > 6 || !TryParse4(group, out uint four)) return false;
                groups[count++] = (ushort)(four >> 16);
                groups[count++] = (ushort)four;
                break;
            }

            if (group.Length > 4 || !Hex.TryParse(group, out ulong value)) return false;
            groups[count++] = (ushort)value;
            if (length < 0) break;
            at += length + 1;
            if (at == text.Length) return false;
            if (text[at] != ':') continue;
            if (gap >= 0) return false;
            gap = count;
            at++;
        }

        if (gap < 0 ? count != 8 : count > 7) return false;
        for (int i = 0; i < count; i++)
        {
            int place = gap >= 0 && i >= gap ? 8 - count + i : i;
            address |= (UInt128)groups[i] << (112 - 16 * place);
        }

        return true;
    }

    private static (UInt128 Network, UInt128 Mask) ParseNetwork(string text)
    {
        string[] parts = text.Split('/');
        if (!TryParse(parts[0], out UInt128 network)) throw new FormatException(text);
        int bits = int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
        if (!parts[0].Contains(':', StringComparison.Ordinal)) bits += 96;
        return (network, bits == 0 ? UInt128.Zero : UInt128.MaxValue << (128 - bits));
    }
}
