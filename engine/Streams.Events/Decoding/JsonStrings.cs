using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Streams.Events.Decoding;

/// <summary>
/// Strings of documents that came in. JSON may escape half of a surrogate pair (RFC 8259, 8.2), and bytes need not be UTF-8; the runtime
/// then refuses the string. Here what is not a character becomes U+FFFD.
/// </summary>
internal static class JsonStrings
{
    /// <summary>The text of a string.</summary>
    public static string Read(JsonElement element)
    {
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Replaced(JsonMarshal.GetRawUtf8Value(element)[1..^1]);
        }
    }

    /// <summary>A string as it stands between its quotes, with U+FFFD for what is not Unicode.</summary>
    public static string Replaced(ReadOnlySpan<byte> raw)
    {
        string escaped = Encoding.UTF8.GetString(raw);
        var text = new StringBuilder(escaped.Length);
        for (int i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] != '\\')
            {
                text.Append(escaped[i]);
                continue;
            }

            char escape = escaped[++i];
            if (escape == 'u') text.Append((char)ushort.Parse(escaped.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier));
            if (escape == 'u') i += 4;
            else text.Append(escape switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', _ => escape });
        }

        // The encoder replaces halves of pairs.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
