using System.Buffers;

namespace Streams.Events;

/// <summary>This process itself was down from … to …; it is at the start of each run's input.</summary>
public sealed class Outage(string host, DateTimeOffset from, DateTimeOffset to, ulong serial) : Event(host, "streams", to, serial)
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.Outage;

    /// <summary>When the last input before it was admitted.</summary>
    public DateTimeOffset From { get; } = from;

    /// <inheritdoc/>
    public override FieldValue this[Field field] => field.Name switch
    {
        "streams.outage.from" => FieldValue.From(From),
        _ => CommonFields.Read(this, field, "outage"),
    };

    /// <inheritdoc/>
    public override void WriteDocument(IBufferWriter<byte> output, bool original = false) =>
        CommonFields.Write(this, output, "outage", [("from", FieldValue.From(From))]);
}
