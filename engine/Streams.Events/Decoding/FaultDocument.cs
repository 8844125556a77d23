using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Streams.Events.Tables;

namespace Streams.Events.Decoding;

/// <summary>
/// The document of an event that cannot be decoded: when and where it occurred, its records as they came, and what was not done.
/// </summary>
internal static class FaultDocument
{
    /// <summary>The document of an event with records.</summary>
    /// <param name="e">The event.</param>
    /// <param name="fault"><c>streams.fault</c>.</param>
    public static byte[] Of(AuditEvent e, string fault) =>
        Write(e, "auditd", Enumerable.Range(0, e.RecordCount).Select(i => Line(e, i)), fault);

    /// <summary>The document of an event that came as something that is not one.</summary>
    /// <param name="e">The event.</param>
    /// <param name="fault"><c>streams.fault</c>.</param>
    public static byte[] Of(DocumentEvent e, string fault) => Write(e, "streams", [Encoding.UTF8.GetString(e.Json.Span)], fault);

    private static byte[] Write(Event e, string module, IEnumerable<string> original, string fault)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(output, ReadableJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("@timestamp", FieldValue.From(e.Occurred).ToString());
            json.WriteStartObject("host");
            json.WriteString("name", e.Host);
            json.WriteEndObject();
            json.WriteStartObject("event");
            json.WriteString("kind", "event");
            json.WriteString("module", module);
            json.WriteNumber("sequence", e.Serial);
            json.WriteStartArray("original");
            foreach (string line in original) json.WriteStringValue(line);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteStartObject("streams");
            json.WriteString("fault", fault);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    private static string Line(AuditEvent e, int index)
    {
        (RecordType type, string text) = (RecordType.None, "");
        try
        {
            AuditRecord record = e.Record(index);
            (type, text) = (record.Type, Encoding.UTF8.GetString(record.Text));
        }
        catch (ArgumentOutOfRangeException)
        {
            // Of an event whose places are wrong the others are written all the same.
        }

        long milliseconds = (e.OccurredTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"type={RecordTypes.Name(type)} msg=audit({milliseconds / 1000}.{milliseconds % 1000:000}:{e.Serial}): {text}");
    }
}
