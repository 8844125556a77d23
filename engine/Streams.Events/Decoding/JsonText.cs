using System.Buffers;
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;

namespace Streams.Events.Decoding;

/// <summary>
/// Writes JSON into one array that is kept and used again. Objects are opened when the first thing is written into them, so that
/// none is empty. What is not valid UTF-8 becomes U+FFFD; what <see cref="HiddenCharacters"/> lists is escaped.
/// </summary>
internal sealed class JsonText
{
    private const int Kept = 256 * 1024;
    private const int KnownTexts = 512;
    private static readonly SearchValues<byte> Odd = SearchValues.Create(MakeOdd());

    private byte[] _buffer = new byte[8192];
    private int _length;
    private bool _comma;
    private byte[][] _open = new byte[8][];
    private int _depth;
    private int _opened;
    private readonly (string? Text, byte[] Json)[] _known = new (string?, byte[])[KnownTexts];

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public void Start()
    {
        if (_buffer.Length > Kept) _buffer = new byte[8192];
        _length = 0;
        _depth = _opened = 0;
        _buffer[_length++] = (byte)'{';
        _comma = false;
    }

    public void End() => Append((byte)'}');

    /// <summary>Enters an object.</summary>
    /// <param name="name">Its name as <see cref="Name"/> makes it.</param>
    public void Open(byte[] name)
    {
        if (_depth == _open.Length) Array.Resize(ref _open, _depth * 2);
        _open[_depth++] = name;
    }

    public void Close()
    {
        if (_opened == _depth)
        {
            Append((byte)'}');
            _comma = true;
            _opened--;
        }

        _depth--;
    }

    /// <summary>Writes what stands before a value: a comma, the objects entered, the name.</summary>
    public void Property(byte[] name)
    {
        OpenObjects();
        Comma();
        Append(name);
    }

    /// <summary>The same for a name that is not known beforehand.</summary>
    public void UnknownProperty(ReadOnlySpan<byte> name)
    {
        OpenObjects();
        Comma();
        String(name);
        Append((byte)':');
    }

    public void StartArray()
    {
        Append((byte)'[');
        _comma = false;
    }

    public void EndArray()
    {
        Append((byte)']');
        _comma = true;
    }

    /// <summary>An object without a name, in an array.</summary>
    public void StartElement()
    {
        Comma();
        Append((byte)'{');
        _comma = false;
    }

    public void EndElement()
    {
        Append((byte)'}');
        _comma = true;
    }

    /// <summary>What stands before an element of an array.</summary>
    public void Element() => Comma();

    public void Raw(ReadOnlySpan<byte> json)
    {
        Append(json);
        _comma = true;
    }

    public void Number(long value)
    {
        Need(20);
        Utf8Formatter.TryFormat(value, _buffer.AsSpan(_length), out int written);
        _length += written;
        _comma = true;
    }

    /// <summary>A string of the bytes.</summary>
    public void String(ReadOnlySpan<byte> text)
    {
        Need(text.Length + 2);
        _buffer[_length++] = (byte)'"';
        Characters(text);
        Append((byte)'"');
        _comma = true;
    }

    public void String(string text)
    {
        // Most are from tables, the same objects again and again.
        ref (string? Text, byte[] Json) known = ref _known[RuntimeHelpers.GetHashCode(text) & (KnownTexts - 1)];
        if (ReferenceEquals(known.Text, text))
        {
            Raw(known.Json);
            return;
        }

        int start = _length;
        Write(text);
        if (_length - start <= 64) known = (text, _buffer[start.._length]);
    }

    private void Write(string text)
    {
        Need(Encoding.UTF8.GetMaxByteCount(text.Length) + 2);
        Span<byte> room = _buffer.AsSpan(_length + 1);
        Span<byte> bytes = room[..Encoding.UTF8.GetBytes(text, room)];
        if (bytes.IndexOfAny(Odd) >= 0)
        {
            String(bytes.ToArray());
            return;
        }

        _buffer[_length] = (byte)'"';
        _buffer[_length + 1 + bytes.Length] = (byte)'"';
        _length += bytes.Length + 2;
        _comma = true;
    }

    /// <summary>Begins a string that is written in parts with <see cref="Characters"/>.</summary>
    public void StartString() => Append((byte)'"');

    public void EndString()
    {
        Append((byte)'"');
        _comma = true;
    }

    public void Characters(ReadOnlySpan<byte> text)
    {
        int odd = text.IndexOfAny(Odd);
        if (odd < 0)
        {
            Append(text);
            return;
        }

        Append(text[..odd]);
        Escaped(text[odd..]);
    }

    /// <summary>A property's name as it is written, with quotes and colon.</summary>
    public static byte[] Name(string name) => Encoding.UTF8.GetBytes($"\"{name}\":");

    private void Escaped(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            byte b = text[0];
            if (b < 0x80)
            {
                Need(6);
                switch (b)
                {
                    case (byte)'"' or (byte)'\\':
                        _buffer[_length++] = (byte)'\\';
                        _buffer[_length++] = b;
                        break;
                    case < 0x20 or 0x7F:
                        Escape(b);
                        break;
                    default:
                        _buffer[_length++] = b;
                        break;
                }

                text = text[1..];
                continue;
            }

            OperationStatus status = Rune.DecodeFromUtf8(text, out Rune rune, out int consumed);
            if (status != OperationStatus.Done)
            {
                Append("\uFFFD"u8);
            }
            else if (HiddenCharacters.Contains(rune))
            {
                Escape(rune);
            }
            else
            {
                Append(text[..consumed]);
            }

            text = text[consumed..];
        }
    }

    private void Escape(Rune rune)
    {
        Need(12);
        Span<char> units = stackalloc char[2];
        foreach (char unit in units[..rune.EncodeToUtf16(units)]) Escape(unit);
    }

    private void Escape(int character)
    {
        Span<byte> target = _buffer.AsSpan(_length, 6);
        if (character is '\n' or '\r' or '\t')
        {
            target[0] = (byte)'\\';
            target[1] = character == '\n' ? (byte)'n' : character == '\r' ? (byte)'r' : (byte)'t';
            _length += 2;
            return;
        }

        "\\u"u8.CopyTo(target);
        for (int digit = 0; digit < 4; digit++) target[2 + digit] = "0123456789abcdef"u8[(character >> (12 - 4 * digit)) & 15];
        _length += 6;
    }

    private void OpenObjects()
    {
        for (; _opened < _depth; _opened++)
        {
            Comma();
            Append(_open[_opened]);
            Append((byte)'{');
            _comma = false;
        }
    }

    private void Comma()
    {
        if (_comma) Append((byte)',');
        _comma = true;
    }

    private void Append(byte value)
    {
        if (_length == _buffer.Length) Need(1);
        _buffer[_length++] = value;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        Need(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Need(int count)
    {
        if (_length + count > _buffer.Length) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + count));
    }

    private static byte[] MakeOdd()
    {
        var odd = new List<byte> { (byte)'"', (byte)'\\', 0x7F };
        for (int i = 0; i < 0x20; i++) odd.Add((byte)i);
        for (int i = 0x80; i < 0x100; i++) odd.Add((byte)i);
        return [.. odd];
    }
}
