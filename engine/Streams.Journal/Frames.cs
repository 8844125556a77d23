using System.Buffers.Binary;
using System.IO.Hashing;

namespace Streams.Journal;

/// <summary>
/// How entries stand in a file: a header, then frames. A frame begins with a marker, by which a reader finds the next one behind damage,
/// the length of its content and its CRC-32; all numbers are little-endian.
/// </summary>
internal static class Frames
{
    /// <summary>Bytes before a frame's content.</summary>
    public const int Overhead = 12;

    /// <summary>The longest content; a batch of more is cut into several.</summary>
    public const int MostBytes = 64 << 20;

    /// <summary>What a file begins with; the byte above 127 and the line ends show a transfer that changed it, as in PNG.</summary>
    public static ReadOnlySpan<byte> Header => [0xF5, (byte)'S', (byte)'T', (byte)'R', (byte)'\r', (byte)'\n', 0x1A, Version];

    /// <summary>What a frame begins with.</summary>
    public static ReadOnlySpan<byte> Marker => [0xF5, 0x0A, 0x52, 0x1E];

    /// <summary>Of the header and the frames; entries have their own way to grow.</summary>
    public const byte Version = 1;

    /// <summary>Fills in what stands before a frame's content.</summary>
    /// <param name="frame">Room for it, then the content.</param>
    public static void Seal(Span<byte> frame)
    {
        Marker.CopyTo(frame);
        ReadOnlySpan<byte> content = frame[Overhead..];
        BinaryPrimitives.WriteInt32LittleEndian(frame[4..], content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[8..], Crc32.HashToUInt32(content));
    }

    /// <summary>Looks for a frame at the beginning of some bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="length">
    /// The length of its content when it is whole; else how many bytes it takes to know more, or 0 when here is none.
    /// </param>
    /// <returns>Whether a whole frame is there.</returns>
    public static bool TryFind(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        if (!Marker.StartsWith(bytes[..Math.Min(bytes.Length, Marker.Length)])) return false;
        if (bytes.Length < Overhead)
        {
            length = Overhead;
            return false;
        }

        int content = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        if (content is < 0 or > MostBytes) return false;
        if (bytes.Length - Overhead < content)
        {
            length = Overhead + content;
            return false;
        }

        if (Crc32.HashToUInt32(bytes.Slice(Overhead, content)) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..])) return false;
        length = content;
        return true;
    }
}
