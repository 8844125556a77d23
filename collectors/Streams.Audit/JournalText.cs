using System.Buffers;
using System.Buffers.Binary;

namespace Streams.Audit;

/// <summary>What <c>journalctl</c> prints for a message, but for the header that its short forms have in common with syslog.</summary>
internal static class JournalText
{
    private static readonly SearchValues<byte> Size = SearchValues.Create("0123456789.BKMGT"u8);

    /// <summary>
    /// The message in a line of the export format (https://systemd.io/JOURNAL_EXPORT_FORMATS): <c>MESSAGE=…</c>, or, of a message that
    /// holds control characters, its length in eight bytes and then itself; another line as it is.
    /// </summary>
    public static ReadOnlySpan<byte> Message(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("MESSAGE=type="u8) || line.StartsWith("MESSAGE=node="u8)) return line["MESSAGE=".Length..];
        int length = line.Length - sizeof(ulong);
        if (length <= 0 || BinaryPrimitives.ReadUInt64LittleEndian(line) != (ulong)length) return line;
        ReadOnlySpan<byte> message = line[sizeof(ulong)..];
        return message.StartsWith("type="u8) || message.StartsWith("node="u8) ? message : line;
    }

    /// <summary>
    /// Whether the line stands for a message that holds control characters, as every one with names added does, and says only how long it
    /// is: <c>Jan 02 03:04:05 web1 audispd[7]: [203B blob data]</c> (print_multiline of src/shared/logs-show.c).
    /// </summary>
    public static bool IsBlob(ReadOnlySpan<byte> line)
    {
        const string end = " blob data]";
        if (line.Length <= end.Length || !System.Text.Ascii.Equals(line[^end.Length..], end)) return false;
        int open = line.LastIndexOf((byte)'[');
        return open > 0 && line[open - 1] == ' ' && !line[(open + 1)..^end.Length].ContainsAnyExcept(Size);
    }
}
