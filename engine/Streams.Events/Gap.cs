using System.Buffers;

namespace Streams.Events;

/// <summary>
/// Records were lost: where, how many, why. Or, with <see cref="Faulty"/> as its cause, they were kept, and Streams failed at them.
/// </summary>
/// <param name="host">The node whose records are missing.</param>
/// <param name="collector">The collector that noticed.</param>
/// <param name="from">After this time.</param>
/// <param name="to">Before this time; when the gap occurred.</param>
/// <param name="serial">The collector's counter.</param>
/// <param name="records">How many records, at least; 0 when nobody knows.</param>
/// <param name="cause">Why, in a few words: <c>queue full</c>, <c>socket buffer overflowed</c>.</param>
/// <param name="failedAt">What Streams failed at, where the cause is <see cref="Faulty"/>.</param>
public sealed class Gap(
    string host, string collector, DateTimeOffset from, DateTimeOffset to, ulong serial, long records, string cause,
    EventFault failedAt = EventFault.None)
    : Event(host, collector, to, serial)
{
    /// <summary>
    /// The cause of records that are there, in events that have <c>streams.fault</c>, but could not be processed in full.
    /// </summary>
    public const string Faulty = "faulty";

    /// <inheritdoc/>
    public override EventKind Kind => EventKind.Gap;

    /// <summary>The last time before the loss from which all is there.</summary>
    public DateTimeOffset From { get; } = from;

    /// <summary>How many records are missing, or were kept and not processed, at least; 0 when nobody knows.</summary>
    public long Records { get; } = records;

    /// <summary>Why.</summary>
    public string Cause { get; } = cause;

    /// <summary>Whether the records are there, and Streams failed at them.</summary>
    public bool IsKept => Cause == Faulty;

    /// <summary>What Streams failed at, where <see cref="IsKept"/>.</summary>
    public EventFault FailedAt { get; } = failedAt;

    /// <inheritdoc/>
    public override FieldValue this[Field field] => field.Name switch
    {
        "streams.gap.cause" => FieldValue.From(Cause),
        "streams.gap.records" => FieldValue.From(Records),
        "streams.gap.from" => FieldValue.From(From),
        "streams.gap.fault" => FieldValue.From(EventFaults.Name(FailedAt)),
        _ => CommonFields.Read(this, field, "gap"),
    };

    /// <inheritdoc/>
    public override void WriteDocument(IBufferWriter<byte> output, bool original = false) =>
        CommonFields.Write(
            this, output, "gap",
            [
                ("cause", FieldValue.From(Cause)), ("records", FieldValue.From(Records)), ("from", FieldValue.From(From)),
                ("fault", FieldValue.From(EventFaults.Name(FailedAt))),
            ]);
}
