using System.Buffers;
using System.Text;

namespace Streams.Files;

/// <summary>
/// Paths are bytes to the kernel. In memory they are strings in which a byte that is not UTF-8 stands as the lone surrogate U+DC80 + (byte
/// − 0x80), so that each path has one string and each string one path (the way of Python's <c>surrogateescape</c>).
/// </summary>
public static class PathText
{
    private const int Escape = 0xDC00;

    /// <summary>The string of a path.</summary>
    public static string FromBytes(ReadOnlySpan<byte> path)
    {
        if (System.Text.Unicode.Utf8.IsValid(path)) return Encoding.UTF8.GetString(path);
        var text = new StringBuilder(path.Length);
        while (!path.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(path, out Rune rune, out int used) == OperationStatus.Done) text.Append(rune.ToString());
            else foreach (byte bad in path[..used]) text.Append((char)(Escape + bad));
            path = path[used..];
        }

        return text.ToString();
    }

    /// <summary>The bytes of a path.</summary>
    public static byte[] ToBytes(string path)
    {
        byte[] bytes = new byte[MaxBytes(path)];
        return bytes[..Write(path, bytes)];
    }

    /// <summary>Whether the path is UTF-8.</summary>
    public static bool IsUnicode(string path) => !path.AsSpan().ContainsAnyInRange((char)(Escape + 0x80), (char)(Escape + 0xFF)) ||
        System.Text.Unicode.Utf8.FromUtf16(path, new byte[MaxBytes(path)], out _, out _, replaceInvalidSequences: false)
            == OperationStatus.Done;

    /// <summary>The path as documents show it: a byte that is not UTF-8 as U+FFFD, as in the document of an audit record.</summary>
    public static string Shown(string path) => IsUnicode(path) ? path : Encoding.UTF8.GetString(ToBytes(path));

    /// <summary>The most bytes that a path can have.</summary>
    internal static int MaxBytes(string path) => path.Length * 3;

    /// <summary>Writes the bytes of a path; returns how many.</summary>
    internal static int Write(string path, Span<byte> bytes)
    {
        int written = 0;
        ReadOnlySpan<char> rest = path;
        while (!rest.IsEmpty)
        {
            OperationStatus status = System.Text.Unicode.Utf8.FromUtf16(rest, bytes[written..], out int read, out int used, false);
            written += used;
            rest = rest[read..];
            if (status == OperationStatus.Done) break;
            bytes[written++] = rest[0] is >= (char)(Escape + 0x80) and <= (char)(Escape + 0xFF) ? (byte)(rest[0] - Escape) : (byte)'?';
            rest = rest[1..];
        }

        return written;
    }
}
