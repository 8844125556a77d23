using System.Buffers;
using Streams.Events.Decoding;

namespace Streams.Events;

/// <summary>
/// An event that is one JSON document in Auditbeat's shape, from its collector on. It is parsed when a field is read
/// and written as it came, with hidden characters escaped. Of one that is not a JSON object every field is missing.
/// </summary>
public abstract class DocumentEvent : Event
{
    private JsonFields? _fields;

    /// <summary>Makes an event.</summary>
    /// <param name="host">The node.</param>
    /// <param name="collector">The collector.</param>
    /// <param name="occurred">When it happened.</param>
    /// <param name="serial">The collector's counter.</param>
    /// <param name="json">One JSON object, UTF-8; it must not change any more.</param>
    private protected DocumentEvent(string host, string collector, DateTimeOffset occurred, ulong serial, ReadOnlyMemory<byte> json)
        : base(host, collector, occurred, serial) => Json = json;

    /// <summary>The document, UTF-8.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    private JsonFields Content => _fields ??= JsonFields.OrNone(Json);

    /// <inheritdoc/>
    public override FieldValue this[Field field] => field.Name == "@timestamp" ? FieldValue.From(Occurred) : Read(field.Name);

    /// <inheritdoc/>
    public override void WriteDocument(IBufferWriter<byte> output, bool original = false) =>
        ReadableJson.Copy(Json.Span, output);

    /// <summary>A field of the document as text, a list joined by <c>, </c>; null when there is none.</summary>
    /// <param name="name">Its dotted name, for instance <c>streams.audit.rule</c>.</param>
    public string? Text(string name) => Content.Text(name);

    internal FieldValue Read(string name) => Content.Read(name);
}
