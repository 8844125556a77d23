namespace Streams.Engine.QueryStrings;

/// <summary>
/// Reads IP addresses as 128-bit numbers without allocating; IPv4 as its IPv4-mapped IPv6 address, as Elasticsearch keeps it.
/// Stricter than <see cref="System.Net.IPAddress"/>, which takes "1" and octal numbers for IPv4 addresses.
/// </summary>
internal static class AddressText
{
    private static readonly UInt128 Mapped = new(0, 0xFFFF_0000_0000);

    /// <summary>The network that an IPv4 prefix length counts from.</summary>
    public const int MappedBits = 96;

    public static bool TryParse(ReadOnlySpan<char> text, out UInt128 address)
    {
        address = default;
        // The longest has an IPv4 address at its end: 6 groups of 4 with 6 colons, and 15.
        if (text.Length is < 2 or > 45) return false;
        if (text.Contains(':')) return TryParse6(text, out address);
        if (!TryParse4(text, out uint four)) return false;
        address = Mapped | four;
        return true;
    }

    private static bool TryParse4(ReadOnlySpan<char> text, out uint address)
    {
        address = 0;
        int at = 0;
        for (int part = 0; part < 4; part++)
        {
            if (part > 0 && (at >= text.Length || text[at++] != '.')) return false;
            int start = at;
            uint value = 0;
            while (at < text.Length && at - start < 3 && char.IsAsciiDigit(text[at])) value = (value * 10) + (uint)(text[at++] - '0');
            bool padded = at - start > 1 && text[start] == '0';
            if (at == start || padded || value > 255) return false;
            address = (address << 8) | value;
        }

        return at == text.Length;
    }

    private static bool TryParse6(ReadOnlySpan<char> text, out UInt128 address)
    {
        address = default;
        Span<ushort> groups = stackalloc ushort[8];
        int count = 0;
        int gap = -1;
        int at = 0;
        if (text.StartsWith("::", StringComparison.Ordinal))
        {
            gap = 0;
            at = 2;
        }

        while (at < text.Length)
        {
            if (count == 8) return false;
            int start = at;
            int value = 0;
            while (at < text.Length && at - start < 4 && char.IsAsciiHexDigit(text[at])) value = (value << 4) | Hex(text[at++]);
            if (at < text.Length && text[at] == '.')
            {
                if (count > 6 || !TryParse4(text[start..], out uint four)) return false;
                groups[count++] = (ushort)(four >> 16);
                groups[count++] = (ushort)four;
                break;
            }

            if (at == start) return false;
            groups[count++] = (ushort)value;
            if (at == text.Length) break;
            if (text[at++] != ':' || at == text.Length) return false;
            if (text[at] != ':') continue;
            if (gap >= 0) return false;
            gap = count;
            at++;
        }

        if (gap < 0 ? count != 8 : count > 7) return false;
        for (int i = 0; i < 8; i++)
        {
            int zeros = 8 - count;
            int group = gap < 0 || i < gap ? groups[i] : i < gap + zeros ? 0 : groups[i - zeros];
            address = (address << 16) | (uint)group;
        }

        return true;
    }

    private static int Hex(char c) => char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
}
