using System.Buffers;
using System.Text.Json;

namespace Streams.Events;

/// <summary>What every document has, whatever the event is about.</summary>
internal static class CommonFields
{
    public static FieldValue Read(Event source, Field field, string action) => field.Name switch
    {
        "@timestamp" => FieldValue.From(source.Occurred),
        "host.name" or "agent.name" => FieldValue.From(source.Host),
        "event.kind" => FieldValue.From("event"),
        "event.module" => FieldValue.From("streams"),
        "event.action" => FieldValue.From(action),
        _ => FieldValue.Missing,
    };

    public static void Write(Event source, IBufferWriter<byte> output, string action, ReadOnlySpan<(string Name, FieldValue Value)> details)
    {
        using var json = new Utf8JsonWriter(output, ReadableJson.WriterOptions);
        json.WriteStartObject();
        json.WriteString("@timestamp", FieldValue.From(source.Occurred).ToString());
        json.WriteStartObject("host");
        json.WriteString("name", source.Host);
        json.WriteEndObject();
        json.WriteStartObject("event");
        json.WriteString("kind", "event");
        json.WriteString("module", "streams");
        json.WriteString("action", action);
        json.WriteEndObject();
        if (details.Length > 0)
        {
            json.WriteStartObject("streams");
            json.WriteStartObject(action);
            foreach ((string name, FieldValue value) in details)
            {
                if (value.IsMissing) continue;
                if (value.Kind == FieldValueKind.Number) json.WriteNumber(name, value.Number);
                else json.WriteString(name, value.ToString());
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
