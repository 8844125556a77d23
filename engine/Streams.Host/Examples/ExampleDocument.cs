using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Streams.Host.Examples;

/// <summary>An event as a document, written in YAML: nested, or with dotted names.</summary>
internal static class ExampleDocument
{
    /// <summary>The document as JSON; what it leaves out of time, host and sequence is filled in.</summary>
    public static ReadOnlyMemory<byte> Make(YamlMappingNode written, DateTimeOffset time, string host, uint serial)
    {
        var document = new JsonObject();
        Add(document, written);
        Fill(document, "@timestamp", time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        Fill(document, "host.name", host);
        Fill(document, "event.module", "auditd");
        Fill(document, "auditd.sequence", serial);
        return System.Text.Encoding.UTF8.GetBytes(document.ToJsonString());
    }

    private static void Add(JsonObject target, YamlMappingNode written)
    {
        foreach ((YamlNode key, YamlNode value) in written)
        {
            (JsonObject parent, string name) = Place(target, ((YamlScalarNode)key).Value ?? "");
            if (value is not YamlMappingNode map)
            {
                parent[name] = Value(value);
                continue;
            }

            if (parent[name] is not JsonObject inner) parent[name] = inner = [];
            Add(inner, map);
        }
    }

    private static JsonNode? Value(YamlNode node) => node switch
    {
        YamlSequenceNode list => new JsonArray([.. list.Select(Value)]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: { } text } when long.TryParse(text, CultureInfo.InvariantCulture, out long number) => number,
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" } => true,
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "false" } => false,
        YamlScalarNode scalar => scalar.Value,
        _ => null,
    };

    private static void Fill(JsonObject document, string path, JsonNode value)
    {
        (JsonObject parent, string name) = Place(document, path);
        if (!parent.ContainsKey(name)) parent[name] = value;
    }

    private static (JsonObject Parent, string Name) Place(JsonObject target, string path)
    {
        string[] parts = path.Split('.');
        foreach (string part in parts[..^1])
        {
            if (target[part] is not JsonObject inner) target[part] = inner = [];
            target = inner;
        }

        return (target, parts[^1]);
    }
}
