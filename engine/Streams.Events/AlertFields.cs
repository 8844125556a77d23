using System.Globalization;
using System.Text.Json;
using Streams.Events.Decoding;
using Streams.Events.Tables;

namespace Streams.Events;

/// <summary>
/// The fields of an alert's first event at the top of the alert's document: <c>process.*</c>, <c>user.*</c>, <c>source.*</c>,
/// <c>destination.*</c> and <c>file.*</c>, as <c>alert-fields.table</c> names them. The same ones, of the same types, whether the event
/// came as records or as a document.
/// </summary>
internal static class AlertFields
{
    /// <summary>The most characters of all fields together; escaped, one may be six bytes.</summary>
    public const int LongestAll = 16 * 1024;

    // Tried in this order. With the last one all fields together, each at its longest, are within the limit.
    private static readonly (int Text, int Items)[] Limits = [(4096, 64), (1024, 32), (256, 16), (64, 8)];

    private static readonly string[] SelinuxParts = ["user", "role", "domain", "level", "category"];

    /// <summary>Writes them as members of the object that has been begun.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="first">The event.</param>
    /// <param name="truncated">Takes the names of those that are not whole.</param>
    public static void Write(Utf8JsonWriter json, Event first, List<string> truncated)
    {
        AlertField[] fields = AlertFieldTable.All;
        object?[] values = Array.ConvertAll(fields, field => Typed(Read(first, field), field.Type));
        (int Text, int Items) limit = Array.Find(Limits, limit => values.Sum(value => Length(value, limit)) <= LongestAll);
        ReadOnlySpan<string> open = [];
        for (int i = 0; i < fields.Length; i++)
        {
            if (values[i] is not { } value) continue;
            ReadOnlySpan<string> objects = fields[i].Path.AsSpan()[..^1];
            int common = open.CommonPrefixLength(objects);
            for (int close = common; close < open.Length; close++) json.WriteEndObject();
            foreach (string name in objects[common..]) json.WriteStartObject(name);
            open = objects;
            json.WritePropertyName(fields[i].Path[^1]);
            if (!WriteValue(json, value, limit)) truncated.Add(fields[i].Field.Name);
        }

        for (int close = 0; close < open.Length; close++) json.WriteEndObject();
    }

    /// <summary>A field of an event; missing, too, where the event cannot be read.</summary>
    public static FieldValue Read(Event source, Field field)
    {
        try
        {
            return source[field];
        }
        catch (Exception fault) when (EventFaults.IsContained(fault))
        {
            // A document that is no JSON, or strings in it that are no Unicode: the alert is delivered without.
            return FieldValue.Missing;
        }
    }

    private static FieldValue Read(Event source, AlertField field)
    {
        FieldValue value = Read(source, field.Field);
        if (!value.IsMissing || source is not FileEvent || field.Path is not ["file", var inner, var last]) return value;
        return inner switch
        {
            // Auditbeat before 7.0 had the hashes at the root of the document, and has the label as one text still.
            "hash" => Read(source, Field.Of($"hash.{last}")),
            "selinux" => FieldValue.From(SelinuxPart(Read(source, Field.Of("file.selinux")), Array.IndexOf(SelinuxParts, last))),
            _ => value,
        };
    }

    // user:role:domain:level:category; the last may hold colons.
    private static string? SelinuxPart(FieldValue label, int part) =>
        label.Kind == FieldValueKind.Text && label.Text().Split(':', SelinuxParts.Length) is var parts && part < parts.Length
        && parts[part].Length > 0
            ? parts[part]
            : null;

    // Null for what is not there, or of another type than the index gives the field.
    private static object? Typed(FieldValue value, AlertFieldType type) => type switch
    {
        AlertFieldType.Keywords => Fields.Texts(value) is { Length: > 0 } texts ? texts : null,
        AlertFieldType.Keyword => Text(value),
        AlertFieldType.Address => Text(value) is { } text && Addresses.TryParse(text, out _) ? text : null,
        AlertFieldType.Date => value.Kind == FieldValueKind.Number ? null
            : Fields.Time(value) is { } time ? FieldValue.From(time).ToString() : null,
        AlertFieldType.Number when value.Kind == FieldValueKind.Number => value.Number,
        AlertFieldType.Number =>
            long.TryParse(Text(value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null,
        AlertFieldType.Truth => value.Kind == FieldValueKind.Truth ? value.Truth
                : bool.TryParse(Text(value), out bool truth) ? truth : null,
        _ => null,
    };

    // Of several, the first: the field has one.
    private static string? Text(FieldValue value)
    {
        string text = value.Kind == FieldValueKind.List ? value.Text() : value.ToString();
        return text.Length > 0 ? text : null;
    }

    private static int Length(object? value, (int Text, int Items) limit) => value switch
    {
        string text => Math.Min(text.Length, limit.Text),
        string[] texts => texts.Take(limit.Items).Sum(text => Math.Min(text.Length, limit.Text)),
        _ => 0,
    };

    /// <returns>Whether it is whole.</returns>
    private static bool WriteValue(Utf8JsonWriter json, object value, (int Text, int Items) limit)
    {
        switch (value)
        {
            case string text:
                json.WriteStringValue(TextLimit.Cut(text, limit.Text));
                return text.Length <= limit.Text;
            case string[] texts:
                json.WriteStartArray();
                foreach (string text in texts.Take(limit.Items)) json.WriteStringValue(TextLimit.Cut(text, limit.Text));
                if (texts.Length > limit.Items) json.WriteStringValue(TextLimit.More(texts.Length - limit.Items));
                json.WriteEndArray();
                return texts.Length <= limit.Items && Array.TrueForAll(texts, text => text.Length <= limit.Text);
            case long number:
                json.WriteNumberValue(number);
                return true;
            default:
                json.WriteBooleanValue((bool)value);
                return true;
        }
    }
}
