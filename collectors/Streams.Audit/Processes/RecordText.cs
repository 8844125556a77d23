using System.Buffers;
using System.Buffers.Text;

namespace Streams.Audit.Processes;

/// <summary>Writes <c>key=value</c> as the kernel does, into one array that is used again.</summary>
internal sealed class RecordText
{
    private static readonly SearchValues<byte> Plain =
        SearchValues.Create([.. Enumerable.Range(0x21, 0x7F - 0x21).Select(b => (byte)b).Where(b => b != '"')]);

    private static readonly SearchValues<byte> Hexadecimal = SearchValues.Create("0123456789ABCDEF"u8);

    private byte[] _buffer = new byte[1024];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Takes back what was written since it had that length.</summary>
    public void CutTo(int length) => Length = length;

    /// <summary>What stands before a value; a space too, but for the first.</summary>
    public void Key(ReadOnlySpan<byte> key)
    {
        if (Length > 0) Raw(" "u8);
        Raw(key);
        Raw("="u8);
    }

    /// <summary>A field, unless its value is empty.</summary>
    public void Field(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return;
        Key(key);
        Raw(value);
    }

    /// <summary>A field that is a number.</summary>
    public void Field(ReadOnlySpan<byte> key, long value)
    {
        Key(key);
        Number(value);
    }

    public void Number(long value)
    {
        Utf8Formatter.TryFormat(value, Room(20), out int written);
        Length += written;
    }

    /// <summary>A moment, milliseconds since 1970 UTC, as <c>2026-01-02T03:04:05.678Z</c>.</summary>
    public void Time(ReadOnlySpan<byte> key, long milliseconds)
    {
        Key(key);
        Span<byte> text = Room(28);
        Utf8Formatter.TryFormat(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime, text, out _, new StandardFormat('O'));
        text[23] = (byte)'Z';
        Length += 24;
    }

    public void Raw(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Room(text.Length));
        Length += text.Length;
    }

    /// <summary>A text that somebody else chose: in quotes, or in hexadecimal where it holds what would break a record.</summary>
    public void Foreign(ReadOnlySpan<byte> text)
    {
        // audit_string_contains_control (kernel/audit.c): a quote, a space, and what is not printable ASCII.
        if (!text.ContainsAnyExcept(Plain))
        {
            Raw("\""u8);
            Raw(text);
            Raw("\""u8);
            return;
        }

        Convert.TryToHexString(text, Room(2 * text.Length), out int written);
        Length += written;
    }

    /// <summary>A text that somebody else chose, as a value of its own.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return [];
        var record = new RecordText();
        record.Foreign(text);
        return record.Written.ToArray();
    }

    /// <summary>The same back from a record: without its quotes, or out of hexadecimal.</summary>
    public static byte[] Decode(ReadOnlySpan<byte> value)
    {
        if (value.Length >= 2 && value[0] == '"' && value[^1] == '"') return value[1..^1].ToArray();
        bool encoded = (value.Length & 1) == 0 && !value.ContainsAnyExcept(Hexadecimal);
        return encoded ? Convert.FromHexString(System.Text.Encoding.ASCII.GetString(value)) : value.ToArray();
    }

    /// <summary>Where the first item of a list ends, at a comma outside of quotes or at the end.</summary>
    public static int EndOfItem(ReadOnlySpan<byte> list)
    {
        int quoted = list.IsEmpty || list[0] != '"' ? 0 : list[1..].IndexOf((byte)'"') + 2;
        int comma = list[quoted..].IndexOf((byte)',');
        return comma < 0 ? list.Length : quoted + comma;
    }

    private Span<byte> Room(int count)
    {
        if (Length + count > _buffer.Length) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + count));
        return _buffer.AsSpan(Length);
    }
}
