using System.Buffers.Binary;
using Streams.Events.Tables;

namespace Streams.Events;

public sealed partial class AuditEvent
{
    /// <summary>Makes an event of records that were laid out by another process.</summary>
    /// <exception cref="FormatException">They are not laid out as <see cref="AuditEventBuilder"/> does it.</exception>
    internal static AuditEvent FromLayout(
        string host, string collector, DateTimeOffset occurred, ulong serial, byte[] records, int count, string? missing, bool late,
        EventFault fault = EventFault.None)
    {
        int text = records.Length - count * EntrySize;
        if (count is < 0 or > ushort.MaxValue || text < 0) throw new FormatException("An event has more records than bytes.");
        ulong types = 0;
        int start = 0;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = records.AsSpan(text + i * EntrySize, EntrySize);
            int end = BinaryPrimitives.ReadInt32LittleEndian(entry[4..]);
            if (end < start || end > text) throw new FormatException("A record of an event ends before it begins, or beyond the event.");
            start = end;
            types |= RoutingBitOf((RecordType)BinaryPrimitives.ReadUInt16LittleEndian(entry));
        }

        if (start != text) throw new FormatException("An event has text that belongs to none of its records.");
        return new AuditEvent(host, collector, occurred, serial, records, count, types, missing, late, fault);
    }

    // What the collector adds is nothing to look for: it would make its bit useless, as nearly all events of a host have it.
    internal static ulong RoutingBitOf(RecordType type) => type == RecordType.StreamsProcess ? 0 : BitOf(type);
}
