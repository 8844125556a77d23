using System.Buffers.Text;

namespace Streams.Events.Decoding;

/// <summary>Decimal numbers in records.</summary>
internal static class Integers
{
    public static bool TryParse(ReadOnlySpan<byte> text, out long value) =>
        Utf8Parser.TryParse(text, out value, out int consumed) && consumed == text.Length;
}

/// <summary>What a system call returned, as the exit field has it.</summary>
internal static class ExitCode
{
    // The kernel's MAX_ERRNO: what is returned from there up is an error.
    private const long Greatest = 4095;

    /// <summary>
    /// The number, negative for an error. Some architectures write an error as a huge unsigned number, of 32 bits where the program
    /// has 32.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long value)
    {
        if (Integers.TryParse(text, out value))
        {
            if (value is <= uint.MaxValue and >= uint.MaxValue - Greatest + 1) value = (int)(uint)value;
            return true;
        }

        if (Utf8Parser.TryParse(text, out ulong huge, out int consumed) && consumed == text.Length)
        {
            value = unchecked((long)huge);
            return value >= -Greatest;
        }

        return false;
    }
}
