using System.Buffers;
using System.Text.Json;
using Streams.Events;

namespace Streams.Host.Live;

/// <summary>Makes what this process reports about itself: documents of <c>event.module: streams</c> with <c>streams.sensor.*</c>.</summary>
internal static class SensorReport
{
    /// <summary>The actions.</summary>
    public const string Down = "sensor-down", Stopped = "sensor-stopped", Suspended = "machine-suspended";

    /// <summary>Makes a report.</summary>
    /// <param name="host">The host.</param>
    /// <param name="action">What happened.</param>
    /// <param name="message">The same as a sentence.</param>
    /// <param name="from">Since when nothing was watched.</param>
    /// <param name="to">Until when; when the report occurred.</param>
    /// <param name="serial">Its number.</param>
    /// <param name="facts">What else is known, by the names of <c>streams.sensor.*</c>.</param>
    public static Document Make(
        string host, string action, string message, DateTimeOffset from, DateTimeOffset to, ulong serial,
        params ReadOnlySpan<(string Name, bool Value)> facts)
    {
        var json = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(json, ReadableJson.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("@timestamp", to.UtcDateTime);
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
            writer.WriteStartObject("sensor");
            writer.WriteString("from", FieldValue.From(from).ToString());
            writer.WriteString("to", FieldValue.From(to).ToString());
            writer.WriteNumber("seconds", (long)(to - from).TotalSeconds);
            foreach ((string name, bool value) in facts) writer.WriteBoolean(name, value);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return new Document(host, Outage.Process, to, serial, json.WrittenMemory.ToArray());
    }
}
