using System.Buffers;

namespace Streams.Events;

/// <summary>
/// This process itself was down from … to …; it is at the start of each run's input. With the name of a collector, the intake of that
/// collector alone was; while it lasts it is told piece by piece, each from where the one before ended, so that nobody takes for silence
/// what is known to be deafness.
/// </summary>
public sealed class Outage(string host, DateTimeOffset from, DateTimeOffset to, ulong serial, string collector = Outage.Process)
    : Event(host, collector, to, serial)
{
    /// <summary>The collector's name that stands for all of this process.</summary>
    public const string Process = "streams";

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
