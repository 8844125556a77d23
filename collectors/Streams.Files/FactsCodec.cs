using System.Buffers;
using System.Text.Json;
using Streams.Files.Facts;

namespace Streams.Files;

/// <summary>
/// Facts of a file as the baseline keeps them: what is compared, and what an event tells of a file that is gone. JSON, short names.
/// </summary>
internal static class FactsCodec
{
    public static byte[] Write(FileFacts facts)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("t", (int)facts.Type);
            if (facts.TargetPath is not null) json.WriteBase64String("l", PathText.ToBytes(facts.TargetPath));
            json.WriteNumber("i", facts.Inode);
            json.WriteNumber("d", facts.Device);
            json.WriteNumber("u", facts.Uid);
            json.WriteNumber("g", facts.Gid);
            if (facts.Owner is not null) json.WriteString("o", facts.Owner);
            if (facts.Group is not null) json.WriteString("r", facts.Group);
            json.WriteNumber("m", facts.Mode);
            json.WriteNumber("s", facts.Size);
            json.WriteNumber("w", facts.Modified.UtcTicks);
            json.WriteNumber("c", facts.Changed.UtcTicks);
            if (facts.Selinux is not null) json.WriteString("x", facts.Selinux);
            if (facts.PosixAcl.Count > 0)
            {
                json.WriteStartArray("a");
                foreach (string entry in facts.PosixAcl) json.WriteStringValue(entry);
                json.WriteEndArray();
            }

            foreach ((string name, string hash) in facts.Attributes) json.WriteString($"e:{name}", hash);
            foreach ((string name, string hash) in facts.Hashes) json.WriteString($"h:{name}", hash);
            json.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    public static FileFacts Read(string path, ReadOnlyMemory<byte> facts)
    {
        using JsonDocument document = JsonDocument.Parse(facts);
        JsonElement root = document.RootElement;
        return new FileFacts
        {
            Path = path,
            Type = (FileType)root.GetProperty("t").GetInt32(),
            TargetPath = root.TryGetProperty("l", out JsonElement target) ? PathText.FromBytes(target.GetBytesFromBase64()) : null,
            Inode = root.GetProperty("i").GetUInt64(),
            Device = root.GetProperty("d").GetUInt64(),
            Uid = root.GetProperty("u").GetUInt32(),
            Gid = root.GetProperty("g").GetUInt32(),
            Owner = Text(root, "o"),
            Group = Text(root, "r"),
            Mode = root.GetProperty("m").GetInt32(),
            Size = root.GetProperty("s").GetInt64(),
            Modified = new DateTimeOffset(root.GetProperty("w").GetInt64(), TimeSpan.Zero),
            Changed = new DateTimeOffset(root.GetProperty("c").GetInt64(), TimeSpan.Zero),
            Selinux = Text(root, "x"),
            PosixAcl = root.TryGetProperty("a", out JsonElement list) ? [.. list.EnumerateArray().Select(e => e.GetString()!)] : [],
            Attributes = Pairs(root, "e:"),
            Hashes = Pairs(root, "h:"),
        };
    }

    private static KeyValuePair<string, string>[] Pairs(JsonElement root, string prefix) =>
    [
        .. root.EnumerateObject()
            .Where(p => p.Name.StartsWith(prefix, StringComparison.Ordinal))
            .Select(p => KeyValuePair.Create(p.Name[prefix.Length..], p.Value.GetString()!)),
    ];

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
}
