namespace Streams.Events.Decoding;

/// <summary>The hexadecimal that the kernel and libaudit write where a value holds odd bytes: upper case, two digits a byte.</summary>
internal static class Hex
{
    // Digits in the low four bits; 0xFF for what is no upper-case digit, and 0x80 beside the value of a lower-case one.
    private static readonly byte[] Digits = MakeDigits();

    /// <summary>Whether it is such hexadecimal: the kernel writes upper case only, so lower case is a text that looks like it.</summary>
    public static bool IsEncoded(ReadOnlySpan<byte> text)
    {
        if (text.Length == 0 || (text.Length & 1) != 0) return false;
        byte[] digits = Digits;
        foreach (byte b in text)
        {
            if (digits[b] > 15) return false;
        }

        return true;
    }

    /// <summary>Decodes what <see cref="IsEncoded"/> accepted; the target has half its length.</summary>
    public static void Decode(ReadOnlySpan<byte> text, Span<byte> target)
    {
        byte[] digits = Digits;
        for (int i = 0; i < target.Length; i++) target[i] = (byte)(digits[text[2 * i]] << 4 | digits[2 * i + 1 < text.Length
            ? text[2 * i + 1] : '0']);
    }

    /// <summary>A number in hexadecimal of either case; false for what is none or too long.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ulong value)
    {
        value = 0;
        if (text.StartsWith("0x"u8)) text = text[2..];
        if (text.Length is 0 or > 16) return false;
        foreach (byte b in text)
        {
            byte digit = Digits[b];
            if (digit == 0xFF) return false;
            value = value << 4 | (uint)(digit & 15);
        }

        return true;
    }

    private static byte[] MakeDigits()
    {
        byte[] digits = new byte[256];
        Array.Fill(digits, (byte)0xFF);
        for (int i = 0; i < 10; i++) digits['0' + i] = (byte)i;
        for (int i = 0; i < 6; i++)
        {
            digits['A' + i] = (byte)(10 + i);
            digits['a' + i] = (byte)(0x80 | (10 + i));
        }

        return digits;
    }
}
