using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Streams.Events.Tests;

/// <summary>Documents of events.</summary>
internal static class Documents
{
    public static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping
    };

    public static string Text(AuditEvent source, bool original = false)
    {
        var output = new ArrayBufferWriter<byte>();
        source.WriteDocument(output, original);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    public static JsonObject Json(AuditEvent source, bool original = false) => JsonNode.Parse(Text(source, original))!.AsObject();

    /// <summary>A field as a document shows it; null where there is none.</summary>
    public static string? Read(AuditEvent source, string field) => source[Field.Of(field)] is { IsMissing: false } value
        ? value.ToString() : null;

    /// <summary>Every leaf by its dotted name; lists and the fields of objects in lists joined as a <see cref="FieldValue"/> shows
    /// them.</summary>
    public static SortedDictionary<string, string> Leaves(JsonNode document)
    {
        var leaves = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        Walk(document, "", leaves);
        var texts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, List<string> values) in leaves) texts.Add(name, string.Join(", ", values));
        return texts;
    }

    private static void Walk(JsonNode? node, string name, SortedDictionary<string, List<string>> leaves)
    {
        switch (node)
        {
            case JsonObject inner:
                foreach ((string key, JsonNode? child) in inner) Walk(child, name.Length == 0 ? key : name + "." + key, leaves);
                break;
            case JsonArray list:
                foreach (JsonNode? child in list) Walk(child, name, leaves);
                break;
            case JsonValue value:
                if (!leaves.TryGetValue(name, out List<string>? values)) leaves.Add(name, values = []);
                values.Add(value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString());
                break;
        }
    }
}
