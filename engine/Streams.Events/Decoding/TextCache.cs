using System.Buffers.Binary;
using System.Text;

namespace Streams.Events.Decoding;

/// <summary>
/// Strings that this thread has made before, by their bytes: programs, names, hosts and actions repeat all the time. It holds at
/// most <see cref="Size"/> strings of at most <see cref="Longest"/> characters; a newer one takes the place of an older one.
/// </summary>
internal static class TextCache
{
    private const int Size = 4096;
    private const int Longest = 128;

    [ThreadStatic]
    private static string?[]? _texts;

    public static string Get(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return "";
        if (bytes.Length > Longest) return Encoding.UTF8.GetString(bytes);
        string?[] texts = _texts ??= new string?[Size];
        ref string? place = ref texts[Hash(bytes) & (Size - 1)];
        if (place is { } known && known.Length == bytes.Length && Ascii.Equals(bytes, known)) return known;
        string made = Encoding.UTF8.GetString(bytes);
        place = made;
        return made;
    }

    // The host is not the attacker of this table: a collision costs one string, nothing else. So no secret seed.
    private static uint Hash(ReadOnlySpan<byte> bytes)
    {
        ulong hash = (ulong)bytes.Length * 0x9E3779B97F4A7C15;
        while (bytes.Length >= 8)
        {
            hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes)) * 0x9E3779B97F4A7C15;
            hash ^= hash >> 29;
            bytes = bytes[8..];
        }

        ulong rest = 0;
        for (int i = 0; i < bytes.Length; i++) rest |= (ulong)bytes[i] << (8 * i);
        hash = (hash ^ rest) * 0x9E3779B97F4A7C15;
        return (uint)(hash >> 40);
    }
}
