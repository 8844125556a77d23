using System.Buffers;
using System.Text.Json;

namespace Streams.Events;

/// <summary>What Streams reports itself: a document of <c>event.module: streams</c>.</summary>
public static class OwnReport
{
    /// <summary>Makes a report.</summary>
    /// <param name="host">The host that it is about.</param>
    /// <param name="collector">The collector that reports it; <see cref="Outage.Process"/> for the process.</param>
    /// <param name="action">What happened: <c>event.action</c>.</param>
    /// <param name="message">The same as a sentence.</param>
    /// <param name="time">When it occurred.</param>
    /// <param name="serial">Its number.</param>
    /// <param name="section">The section of <c>streams.*</c> that has the facts.</param>
    /// <param name="facts">Writes the facts; null for none.</param>
    /// <param name="category">What it is about, <c>event.category</c>; null for none.</param>
    public static Document Make(
        string host, string collector, string action, string message, DateTimeOffset time, ulong serial, string section,
        Action<Utf8JsonWriter>? facts, string? category = null)
    {
        var json = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(json, ReadableJson.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("@timestamp", time.UtcDateTime);
            writer.WriteStartObject("host");
            writer.WriteString("name", host);
            writer.WriteEndObject();
            writer.WriteStartObject("event");
            writer.WriteString("kind", "event");
            writer.WriteString("module", "streams");
            writer.WriteString("action", action);
            if (category is not null)
            {
                writer.WriteStartArray("category");
                writer.WriteStringValue(category);
                writer.WriteEndArray();
            }

            writer.WriteEndObject();
            writer.WriteString("message", message);
            if (facts is not null)
            {
                writer.WriteStartObject("streams");
                writer.WriteStartObject(section);
                facts(writer);
                writer.WriteEndObject();
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return new Document(host, collector, time, serial, json.WrittenMemory.ToArray());
    }
}
