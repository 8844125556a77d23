using System.Buffers;

namespace Streams.Events;

/// <summary>Records were lost: where, how many, why.</summary>
/// <param name="host">The node whose records are missing.</param>
/// <param name="collector">The collector that noticed.</param>
/// <param name="from">After this time.</param>
/// <param name="to">Before this time; when the gap occurred.</param>
/// <param name="serial">The collector's counter.</param>
/// <param name="records">How many records, at least; 0 when nobody knows.</param>
/// <param name="cause">Why, in a few words: <c>queue full</c>, <c>socket buffer overflowed</c>.</param>
public sealed class Gap(string host, string collector, DateTimeOffset from, DateTimeOffset to, ulong serial, long records, string cause)
    : Event(host, collector, to, serial)
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.Gap;

    /// <summary>The last time before the loss from which all is there.</summary>
    public DateTimeOffset From { get; } = from;

    /// <summary>How many records are missing, at least; 0 when nobody knows.</summary>
    public long Records { get; } = records;

    /// <summary>Why.</summary>
    public string Cause { get; } = cause;

    /// <inheritdoc/>
    public override FieldValue this[Field field] => field.Name switch
    {
        "streams.gap.cause" => FieldValue.From(Cause),
        "streams.gap.records" => FieldValue.From(Records),
        "streams.gap.from" => FieldValue.From(From),
        _ => CommonFields.Read(this, field, "gap"),
    };

    /// <inheritdoc/>
    public override void WriteDocument(IBufferWriter<byte> output, bool original = false) =>
        CommonFields.Write(
            this, output, "gap",
            [("cause", FieldValue.From(Cause)), ("records", FieldValue.From(Records)), ("from", FieldValue.From(From))]);
}
