using System.Runtime.InteropServices;
using System.Text.Json;

namespace Streams.Events.Decoding;

/// <summary>Fields of a JSON document by their dotted names.</summary>
internal sealed class JsonFields
{
    private readonly JsonElement _root;

    /// <exception cref="JsonException">It is no JSON object.</exception>
    public JsonFields(ReadOnlyMemory<byte> json)
    {
        _root = JsonDocument.Parse(json).RootElement;
        if (_root.ValueKind != JsonValueKind.Object) throw new JsonException($"it is a JSON {_root.ValueKind}.");
    }

    private JsonFields(JsonElement root) => _root = root;

    /// <summary>A field as text; null when there is none.</summary>
    public string? Text(string name) => Read(name) is { IsMissing: false } value ? value.ToString() : null;

    /// <summary>A field; of objects in a list, the values of all.</summary>
    public FieldValue Read(string name)
    {
        var found = new List<JsonElement>();
        Find(_root, name, found);
        return found switch
        {
            [] => FieldValue.Missing,
            [var one] => ToValue(one),
            _ => Texts(found),
        };
    }

    /// <summary>The objects of a list of them, each with fields of its own.</summary>
    public IEnumerable<JsonFields> Objects(string name)
    {
        var found = new List<JsonElement>();
        Find(_root, name, found);
        return found
            .SelectMany(element => element.ValueKind == JsonValueKind.Array ? element.EnumerateArray().AsEnumerable() : [element])
            .Where(element => element.ValueKind == JsonValueKind.Object)
            .Select(element => new JsonFields(element));
    }

    // A dotted name may be objects in objects, or a name with dots, or a bit of both; of an array, each element is asked.
    private static void Find(JsonElement element, ReadOnlySpan<char> name, List<JsonElement> found)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray()) Find(item, name, found);
            return;
        }

        if (element.ValueKind != JsonValueKind.Object) return;
        for (int end = name.Length; end > 0; end = name[..end].LastIndexOf('.'))
        {
            if (!TryGet(element, name[..end], out JsonElement inner)) continue;
            if (end == name.Length) found.Add(inner);
            else Find(inner, name[(end + 1)..], found);
        }
    }

    // A name that is not Unicode must not hide the fields beside it.
    private static bool TryGet(JsonElement element, ReadOnlySpan<char> name, out JsonElement value)
    {
        try
        {
            return element.TryGetProperty(name, out value);
        }
        catch (InvalidOperationException)
        {
            bool isFound = false;
            value = default;
            foreach (JsonProperty property in element.EnumerateObject())
            {
                ReadOnlySpan<byte> raw = JsonMarshal.GetRawUtf8PropertyName(property);
                if (!name.SequenceEqual(JsonStrings.Replaced(raw))) continue;
                isFound = true;
                value = property.Value;
            }

            return isFound;
        }
    }

    private static FieldValue ToValue(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => FieldValue.From(JsonStrings.Read(element)),
        JsonValueKind.Number when element.TryGetInt64(out long number) => FieldValue.From(number),
        JsonValueKind.Number => FieldValue.From(element.GetRawText()),
        JsonValueKind.True or JsonValueKind.False => FieldValue.From(element.GetBoolean()),
        JsonValueKind.Array => Texts(element.EnumerateArray()),
        _ => FieldValue.Missing,
    };

    private static FieldValue Texts(IEnumerable<JsonElement> elements) => FieldValue.From(
        elements
            .Where(element => element.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null))
            .Select(ToText)
            .ToArray());

    private static string ToText(JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? JsonStrings.Read(element) : element.GetRawText();
}
