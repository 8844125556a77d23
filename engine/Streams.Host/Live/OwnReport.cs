using System.Buffers;
using System.Text.Json;
using Streams.Events;

namespace Streams.Host.Live;

/// <summary>What this process reports itself: a document of <c>event.module: streams</c>.</summary>
internal static class OwnReport
{
    /// <summary>Makes a report.</summary>
    /// <param name="host">The host that it is about.</param>
    /// <param name="action">What happened: <c>event.action</c>.</param>
    /// <param name="message">The same as a sentence.</param>
    /// <param name="time">When it occurred.</param>
    /// <param name="serial">Its number.</param>
    /// <param name="section">The section of <c>streams.*</c> that has the facts.</param>
    /// <param name="facts">Writes the facts.</param>
    public static Document Make(
        string host, string action, string message, DateTimeOffset time, ulong serial, string section, Action<Utf8JsonWriter> facts)
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
            writer.WriteEndObject();
            writer.WriteString("message", message);
            writer.WriteStartObject("streams");
            writer.WriteStartObject(section);
            facts(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return new Document(host, Outage.Process, time, serial, json.WrittenMemory.ToArray());
    }
}
