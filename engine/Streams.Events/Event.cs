using System.Buffers;

namespace Streams.Events;

/// <summary>
/// What the engine works on. Events never change once a collector has handed them over; what is decoded on the way is remembered
/// by plain writes of the same value, so an event may be read by several threads.
/// </summary>
public abstract partial class Event
{
    private readonly long _occurred;

    /// <summary>Makes an event.</summary>
    /// <param name="host">The node; never empty.</param>
    /// <param name="collector">Which collector it came from: with the host, the unit that has a watermark of its own.</param>
    /// <param name="occurred">When it happened, by the kernel's or the collector's clock.</param>
    /// <param name="serial">The kernel's serial, or the collector's counter.</param>
    protected Event(string host, string collector, DateTimeOffset occurred, ulong serial)
    {
        Host = host;
        Collector = collector;
        _occurred = occurred.UtcTicks;
        Serial = serial;
    }

    /// <summary>What the event is about.</summary>
    public abstract EventKind Kind { get; }

    /// <summary>The node it happened on.</summary>
    public string Host { get; }

    /// <summary>The collector it came from, for instance <c>audit</c> or <c>files</c>.</summary>
    public string Collector { get; }

    /// <summary>When it happened, UTC.</summary>
    public DateTimeOffset Occurred => new(_occurred, TimeSpan.Zero);

    /// <summary><see cref="Occurred"/> in ticks of 100 ns, UTC.</summary>
    public long OccurredTicks => _occurred;

    /// <summary>The kernel's serial (32 bits, wraps), or the collector's counter.</summary>
    public ulong Serial { get; }

    /// <summary>What identifies this event for ever.</summary>
    public EventId Id => new(Host, Occurred, Serial);

    /// <summary>
    /// A field by the name that Kibana shows (ECS, <c>auditd.*</c>, <c>file.*</c>); missing when the event has no such field.
    /// </summary>
    public abstract FieldValue this[Field field] { get; }

    /// <summary>Writes the event as one JSON document in Auditbeat's shape, UTF-8, without a line end.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="original">Whether to add the raw records as <c>event.original</c>.</param>
    public abstract void WriteDocument(IBufferWriter<byte> output, bool original = false);
}
