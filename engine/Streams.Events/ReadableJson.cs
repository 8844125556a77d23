using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Streams.Events;

/// <summary>
/// JSON as people and grep read it: letters, quotes, angle brackets, ampersands stand as they are, also those that a web page would have to
/// escape; escaped are the quotation mark, the backslash and what <see cref="HiddenCharacters"/> lists. All JSON that leaves the program is
/// written so.
/// </summary>
public static class ReadableJson
{
    // What JSON escapes (RFC 8259, section 7), and what needs a closer look.
    private static readonly SearchValues<byte> Odd = SearchValues.Create([.. Enumerable.Range(0, 256).Select(b => (byte)b).Where(IsOdd)]);

    /// <summary>The encoder.</summary>
    public static JavaScriptEncoder Encoder { get; } = new ReadableEncoder();

    /// <summary>The options of a writer. What it writes is not checked for its structure.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = Encoder, SkipValidation = true };

    /// <summary>The same, indented.</summary>
    public static JsonWriterOptions IndentedOptions { get; } = new() { Encoder = Encoder, SkipValidation = true, Indented = true };

    /// <summary>Copies a document that came in: the same JSON, with hidden characters escaped. They stand in strings only.</summary>
    /// <param name="json">JSON, UTF-8.</param>
    /// <param name="output">Takes the copy.</param>
    public static void Copy(ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        while (FirstHidden(json, out Rune hidden, out int length) is >= 0 and var at)
        {
            output.Write(json[..at]);
            WriteEscaped(hidden, output);
            json = json[(at + length)..];
        }

        output.Write(json);
    }

    private static int FirstHidden(ReadOnlySpan<byte> json, out Rune hidden, out int length)
    {
        for (int at = 0; at < json.Length; at += length)
        {
            int next = json[at..].IndexOfAnyInRange((byte)0x7F, (byte)0xFF);
            if (next < 0) break;
            at += next;
            OperationStatus status = Rune.DecodeFromUtf8(json[at..], out hidden, out length);
            if (status == OperationStatus.Done && HiddenCharacters.Contains(hidden)) return at;
        }

        (hidden, length) = (default, 0);
        return -1;
    }

    private static void WriteEscaped(Rune hidden, IBufferWriter<byte> output)
    {
        Span<char> units = stackalloc char[2];
        foreach (char unit in units[..hidden.EncodeToUtf16(units)])
            output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}")));
    }

    private static bool IsOdd(byte b) => b is < 0x20 or (byte)'"' or (byte)'\\' or >= 0x7F;

    private sealed class ReadableEncoder : JavaScriptEncoder
    {
        // A character beyond the basic plane is two units of six characters.
        public override int MaxOutputCharactersPerInputCharacter => 12;

        public override bool WillEncode(int unicodeScalar) =>
            unicodeScalar < 0x7F ? IsOdd((byte)unicodeScalar) : HiddenCharacters.Contains(new Rune(unicodeScalar));

        public override int FindFirstCharacterToEncodeUtf8(ReadOnlySpan<byte> utf8Text)
        {
            int at = 0;
            while (utf8Text[at..].IndexOfAny(Odd) is >= 0 and var next)
            {
                at += next;
                OperationStatus status = Rune.DecodeFromUtf8(utf8Text[at..], out Rune rune, out int length);
                if (status != OperationStatus.Done || WillEncode(rune.Value)) return at;
                at += length;
            }

            return -1;
        }

        public override unsafe int FindFirstCharacterToEncode(char* text, int textLength)
        {
            ReadOnlySpan<char> units = new(text, textLength);
            int length;
            for (int at = 0; at < units.Length; at += length)
            {
                OperationStatus status = Rune.DecodeFromUtf16(units[at..], out Rune rune, out length);
                if (status != OperationStatus.Done || WillEncode(rune.Value)) return at;
            }

            return -1;
        }

        public override unsafe bool TryEncodeUnicodeScalar(
            int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
        {
            Span<char> room = new(buffer, bufferLength);
            var rune = new Rune(unicodeScalar);
            if (!WillEncode(unicodeScalar)) return rune.TryEncodeToUtf16(room, out numberOfCharactersWritten);
            if (Short(unicodeScalar) is { } shortForm)
            {
                numberOfCharactersWritten = shortForm.TryCopyTo(room) ? shortForm.Length : 0;
                return numberOfCharactersWritten > 0;
            }

            Span<char> units = stackalloc char[2];
            numberOfCharactersWritten = 0;
            foreach (char unit in units[..rune.EncodeToUtf16(units)])
            {
                if (!room.TryWrite(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}", out int written)) return false;
                numberOfCharactersWritten += written;
                room = room[written..];
            }

            return true;
        }

        private static string? Short(int character) => character switch
        {
            '"' => "\\\"",
            '\\' => @"\\",
            '\n' => @"\n",
            '\r' => @"\r",
            '\t' => @"\t",
            _ => null,
        };
    }
}
