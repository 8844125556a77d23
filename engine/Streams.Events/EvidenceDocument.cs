using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Streams.Events.Decoding;

namespace Streams.Events;

/// <summary>
/// An event as evidence of an alert: its document, which is cut where it would be longer than <see cref="LongestDocument"/>. The strings of
/// records are the attacker's, and an alert goes where a few megabytes are refused or paid for.
/// </summary>
internal sealed class EvidenceDocument
{
    /// <summary>The most bytes of one document.</summary>
    public const int LongestDocument = 64 * 1024;

    private static readonly Limit Everything = new(int.MaxValue, int.MaxValue);

    // Tried in this order: what is said of an event beside one long string stays whole as long as it can. The first one leaves the raw
    // records out.
    private static readonly Limit[] Cuts =
    [
        Everything with { Text = int.MaxValue - 1 }, new(8192, 1024), new(2048, 256), new(512, 64), new(128, 32), new(32, 16),
    ];

    private readonly ArrayBufferWriter<byte> _whole = new(2048);
    private ArrayBufferWriter<byte>? _short;

    /// <summary>Writes the document of an event as a value, on one line.</summary>
    /// <returns>Whether it is whole.</returns>
    public bool Write(Utf8JsonWriter json, Event shown)
    {
        _whole.ResetWrittenCount();
        if (!TryWriteWhole(shown))
        {
            WriteBare(json, shown);
            return false;
        }

        bool isShort = _whole.WrittenCount <= LongestDocument;
        bool isOurs = shown is not (DocumentEvent or AuditEvent { IsDocument: true });
        if (isShort && isOurs)
        {
            json.WriteRawValue(_whole.WrittenSpan, skipInputValidation: true);
            return true;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(_whole.WrittenMemory);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                // One that came in may have line feeds between its members, or bytes in strings that are no UTF-8.
                ReadOnlySpan<byte> written = isShort && IsLine(_whole.WrittenSpan) ? _whole.WrittenSpan
                    : Rewritten(document.RootElement, isOurs ? Cuts : [Everything, .. Cuts], out isShort);
                json.WriteRawValue(written, skipInputValidation: true);
                return isShort;
            }
        }
        catch (Exception mistake) when (mistake is JsonException or InvalidOperationException)
        {
            // A document that came in and is no JSON, or whose strings are no Unicode.
        }

        WriteBare(json, shown);
        return false;
    }

    private static bool IsLine(ReadOnlySpan<byte> json) =>
        !json.ContainsAnyInRange((byte)0, (byte)0x1F) && System.Text.Unicode.Utf8.IsValid(json);

    private ReadOnlySpan<byte> Rewritten(JsonElement document, Limit[] limits, out bool isWhole)
    {
        _short ??= new ArrayBufferWriter<byte>(LongestDocument);
        foreach (Limit limit in limits)
        {
            _short.ResetWrittenCount();
            using (var cut = new Utf8JsonWriter(_short, ReadableJson.WriterOptions)) Write(cut, document, limit);
            isWhole = limit == Everything;
            if (_short.WrittenCount <= LongestDocument) return _short.WrittenSpan;
        }

        throw new JsonException("it is too long at any limit.");
    }

    // Whatever is wrong with one event, the alert is delivered with the others.
    private bool TryWriteWhole(Event shown)
    {
        try
        {
            shown.WriteDocument(_whole);
            return true;
        }
        catch (Exception error) when (EventFaults.IsContained(error))
        {
            shown.Fail(EventFault.Document, error);
            return false;
        }
    }

    private static void Write(Utf8JsonWriter json, JsonElement value, Limit limit, string? parent = null)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(json, value, limit, parent);
                break;
            case JsonValueKind.Array:
                WriteArray(json, value, limit);
                break;
            case JsonValueKind.String:
                json.WriteStringValue(TextLimit.Cut(JsonStrings.Read(value), limit.Text));
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter json, JsonElement value, Limit limit, string? parent)
    {
        json.WriteStartObject();
        int written = 0;
        foreach (JsonProperty member in value.EnumerateObject())
        {
            // The records again, of which the other fields are made: the first to go.
            if (parent == "event" && limit != Everything && member.NameEquals("original")) continue;

            // A name that was cut would be another field.
            string name = member.Name;
            if (name.Length > limit.Text) continue;
            if (written++ == limit.Items) break;
            json.WritePropertyName(name);
            Write(json, member.Value, limit, name);
        }

        json.WriteEndObject();
    }

    private static void WriteArray(Utf8JsonWriter json, JsonElement value, Limit limit)
    {
        json.WriteStartArray();
        int left = value.GetArrayLength() - limit.Items, written = 0;
        foreach (JsonElement item in value.EnumerateArray())
        {
            if (written++ == limit.Items)
            {
                // Only among strings: a field has one type in a search engine.
                if (item.ValueKind == JsonValueKind.String)
                {
                    json.WriteStringValue(TextLimit.More(left));
                }

                break;
            }

            Write(json, item, limit);
        }

        json.WriteEndArray();
    }

    private static void WriteBare(Utf8JsonWriter json, Event shown)
    {
        json.WriteStartObject();
        json.WriteString("@timestamp", shown.Occurred.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        json.WriteStartObject("host");
        json.WriteString("name", TextLimit.Cut(shown.Host, AlertDocument.LongestHost));
        json.WriteEndObject();
        if (EventFaults.Name(shown.Fault) is { } fault)
        {
            json.WriteStartObject("streams");
            json.WriteString("fault", fault);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private readonly record struct Limit(int Text, int Items);
}
