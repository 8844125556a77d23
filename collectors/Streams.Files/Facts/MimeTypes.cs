using System.Globalization;
using System.Text.Unicode;

namespace Streams.Files.Facts;

/// <summary>What the first bytes of a file say it is: <c>magic.table</c>, else whether they are text.</summary>
internal static class MimeTypes
{
    /// <summary>How many bytes are looked at.</summary>
    public const int Beginning = 512;

    private static readonly (int Offset, byte[] Bytes, string Type)[] Known = Read();

    /// <summary>The type of a file that begins so.</summary>
    public static string Of(ReadOnlySpan<byte> beginning)
    {
        if (beginning.IsEmpty) return "inode/x-empty";
        foreach ((int offset, byte[] bytes, string type) in Known)
        {
            if (beginning.Length >= offset + bytes.Length && beginning.Slice(offset, bytes.Length).SequenceEqual(bytes)) return type;
        }

        return IsText(beginning) ? "text/plain" : "application/octet-stream";
    }

    private static bool IsText(ReadOnlySpan<byte> beginning)
    {
        foreach (byte b in beginning)
        {
            if (b is < 0x20 and not ((byte)'\t' or (byte)'\n' or (byte)'\r' or 0x0C or 0x1B) or 0x7F) return false;
        }

        // A character of several bytes may be cut off at the end.
        for (int cut = 0; cut < 4 && cut <= beginning.Length; cut++)
        {
            if (Utf8.IsValid(beginning[..^cut])) return true;
        }

        return false;
    }

    private static (int, byte[], string)[] Read()
    {
        using Stream table = typeof(MimeTypes).Assembly.GetManifestResourceStream("magic.table")!;
        using var reader = new StreamReader(table);
        var known = new List<(int, byte[], string)>();
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#') || line.Length == 0) continue;
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            known.Add((int.Parse(words[0], CultureInfo.InvariantCulture), Convert.FromHexString(words[1]), words[2]));
        }

        return [.. known];
    }
}
