using System.Globalization;

namespace Streams.Engine.QueryStrings;

/// <summary>The addresses that share a prefix: <c>10.0.0.0/8</c>. Bits after the prefix are ignored.</summary>
internal readonly record struct Network(UInt128 Bits, UInt128 Mask)
{
    /// <summary>What a text in the form of a network came to.</summary>
    public enum Reading
    {
        /// <summary>Not an address, a slash and a number.</summary>
        Other,

        /// <summary>A network.</summary>
        Network,

        /// <summary>An address with a prefix that is too long for it.</summary>
        BadPrefix,
    }

    public static Reading Parse(ReadOnlySpan<char> text, out Network network)
    {
        network = default;
        int slash = text.IndexOf('/');
        if (slash < 0 || !AddressText.TryParse(text[..slash], out UInt128 address)) return Reading.Other;
        if (!int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int prefix)) return Reading.Other;
        if (!text[..slash].Contains(':')) prefix = prefix > 32 ? int.MaxValue : prefix + AddressText.MappedBits;
        if (prefix > 128) return Reading.BadPrefix;
        UInt128 mask = prefix == 0 ? UInt128.Zero : UInt128.MaxValue << (128 - prefix);
        network = new Network(address & mask, mask);
        return Reading.Network;
    }

    public bool Contains(UInt128 address) => (address & Mask) == Bits;
}
