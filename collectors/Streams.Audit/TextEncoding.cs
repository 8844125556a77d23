namespace Streams.Audit;

/// <summary>How the text of a file is encoded, where it is not as logs are.</summary>
internal static class TextEncoding
{
    /// <summary>
    /// Whether a text that begins so is UTF-16 or UTF-32: by its byte order mark, or by the first letters of a record. What a program on
    /// Windows has saved may be.
    /// </summary>
    public static bool IsWide(ReadOnlySpan<byte> beginning) =>
        beginning.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || beginning.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])
        || beginning.StartsWith((ReadOnlySpan<byte>)[0, 0, 0xFE, 0xFF])
        || beginning.StartsWith("t\0y\0p\0e\0"u8) || beginning.StartsWith("\0t\0y\0p\0e"u8)
        || beginning.StartsWith("n\0o\0d\0e\0"u8) || beginning.StartsWith("\0n\0o\0d\0e"u8);
}
