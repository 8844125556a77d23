using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Streams.Events;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Streams.Host.Examples;

/// <summary>An event from its document, written in YAML: nested, or with dotted names.</summary>
internal static class ExampleEvents
{
    /// <summary>The collector of records, and of what it finds out about itself.</summary>
    public const string Audit = "audit";

    private const string Files = "files";

    /// <summary>
    /// An event; what its document leaves out of time, host and sequence is filled in. <c>event.module</c> says what it is: an audit event
    /// unless that is <c>file_integrity</c> or <c>streams</c>.
    /// </summary>
    /// <exception cref="FormatException">It cannot be read as an event of its kind.</exception>
    public static Event Make(YamlMappingNode written, DateTimeOffset time, string host, uint serial)
    {
        var document = new JsonObject();
        Add(document, written);
        Fill(document, "@timestamp", time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        host = Fill(document, "host.name", host);
        switch (Fill(document, "event.module", "auditd"))
        {
            case "file_integrity": return new FileEvent(host, Files, time, serial, Bytes(document));
            case "streams": return new Document(host, Audit, time, serial, Bytes(document));
        }

        Fill(document, "auditd.sequence", serial);
        return AuditEvent.FromDocument(Bytes(document), Audit);
    }

    private static byte[] Bytes(JsonObject document) => Encoding.UTF8.GetBytes(document.ToJsonString());

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
        YamlScalarNode { Style: ScalarStyle.Plain, Value: { } text }
            when long.TryParse(text, CultureInfo.InvariantCulture, out long number) => number,
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" } => true,
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "false" } => false,
        YamlScalarNode scalar => scalar.Value,
        _ => null,
    };

    // What is then there, as text.
    private static string Fill(JsonObject document, string path, JsonNode value)
    {
        (JsonObject parent, string name) = Place(document, path);
        if (!parent.ContainsKey(name)) parent[name] = value;
        return parent[name]?.ToString() ?? "";
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
