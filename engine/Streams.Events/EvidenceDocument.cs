using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Streams.Events;

/// <summary>
/// An event as evidence of an alert: its document, which is cut where it would be longer than <see cref="LongestDocument"/>. The strings of
/// records are the attacker's, and an alert goes where a few megabytes are refused or paid for.
/// </summary>
internal sealed class EvidenceDocument
{
    /// <summary>The most bytes of one document.</summary>
    public const int LongestDocument = 64 * 1024;

    // Tried in this order: what is said of an event beside one long string stays whole as long as it can.
    private static readonly Limit[] Limits =
    [
        new(int.MaxValue, int.MaxValue), new(8192, 1024), new(2048, 256), new(512, 64), new(128, 32), new(32, 16),
    ];

    private readonly ArrayBufferWriter<byte> _whole = new(2048);
    private ArrayBufferWriter<byte>? _short;

    /// <summary>Writes the document of an event as a value.</summary>
    /// <returns>Whether it is whole.</returns>
    public bool Write(Utf8JsonWriter json, Event shown)
    {
        _whole.ResetWrittenCount();
        shown.WriteDocument(_whole);
        bool isWhole = _whole.WrittenCount <= LongestDocument && shown is not DocumentEvent { IsReadable: false };
        json.WriteRawValue(isWhole ? _whole.WrittenSpan : Shortened(shown), skipInputValidation: true);
        return isWhole;
    }

    private ReadOnlySpan<byte> Shortened(Event shown)
    {
        _short ??= new ArrayBufferWriter<byte>(LongestDocument);
        try
        {
            using JsonDocument document = JsonDocument.Parse(_whole.WrittenMemory);
            foreach (Limit limit in Limits)
            {
                _short.ResetWrittenCount();
                using (var json = new Utf8JsonWriter(_short, ReadableJson.WriterOptions)) Write(json, document.RootElement, limit);
                if (_short.WrittenCount <= LongestDocument) return _short.WrittenSpan;
            }
        }
        catch (Exception mistake) when (mistake is JsonException or InvalidOperationException)
        {
            // A document that came in and is no JSON, or whose strings are no Unicode.
        }

        _short.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_short, ReadableJson.WriterOptions)) WriteBare(json, shown);
        return _short.WrittenSpan;
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
                json.WriteStringValue(TextLimit.Cut(value.GetString()!, limit.Text));
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
            if (parent == "event" && member.NameEquals("original")) continue;

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
                    json.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"… [cut: {left} more]"));
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
        json.WriteEndObject();
    }

    private readonly record struct Limit(int Text, int Items);
}
