using System.Buffers;
using Streams.Events.Decoding;

namespace Streams.Events;

/// <summary>
/// An event that is one JSON document in Auditbeat's shape, from its collector on. It is parsed when a field is read
/// and written as it came, with hidden characters escaped. Of one that is not a JSON object every field is missing.
/// </summary>
public abstract class DocumentEvent : Event
{
    private static readonly Field FaultName = Field.Of("streams.fault");

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

    /// <inheritdoc/>
    /// <remarks>A document that is not a JSON object has no fields but its time, its host and <c>streams.fault</c>.</remarks>
    public override FieldValue this[Field field]
    {
        get
        {
            if (field.Name == "@timestamp") return FieldValue.From(Occurred);
            FieldValue value = Read(field.Name);
            if (!value.IsMissing) return value;
            if (ReferenceEquals(field, FaultName)) return FaultField();
            return field.Name == "host.name" && _fields is null ? FieldValue.From(Host) : value;
        }
    }

    /// <inheritdoc/>
    /// <remarks>What is not a JSON object is written as <c>event.original</c> of one, with <c>streams.fault</c>.</remarks>
    public override void WriteDocument(IBufferWriter<byte> output, bool original = false)
    {
        FieldValue fault = FaultField();
        if (fault.IsMissing) ReadableJson.Copy(Json.Span, output);
        else output.Write(FaultDocument.Of(this, fault.ToString()));
    }

    /// <summary>A field of the document as text, a list joined by <c>, </c>; null when there is none.</summary>
    /// <param name="name">Its dotted name, for instance <c>streams.audit.rule</c>.</param>
    public string? Text(string name) => Read(name) is { IsMissing: false } value ? value.ToString() : null;

    internal FieldValue Read(string name)
    {
        try
        {
            return (_fields ??= new JsonFields(Json)).Read(name);
        }
        catch (Exception error) when (EventFaults.IsContained(error))
        {
            Fail(EventFault.Decode, error);
            return FieldValue.Missing;
        }
    }

    private protected override EventFault Examine()
    {
        try
        {
            _fields ??= new JsonFields(Json);
            return EventFault.None;
        }
        catch (Exception error) when (EventFaults.IsContained(error))
        {
            Fail(EventFault.Decode, error);
            return EventFault.Decode;
        }
    }
}
