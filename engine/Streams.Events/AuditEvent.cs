using System.Buffers.Binary;
using Streams.Events.Tables;

namespace Streams.Events;

/// <summary>
/// All records of one (node, time, serial), joined. It keeps the records as text and decodes when a field is read; a field that
/// nobody reads costs nothing.
/// </summary>
public sealed partial class AuditEvent : Event
{
    // The texts of the records one after the other, then for each record its type (2 bytes), 2 spare bytes and where its text ends (4).
    // One array an event: cheap to keep, to copy and to write to the journal as it is.
    private readonly byte[] _records;
    private readonly ushort _count;

    internal AuditEvent(string host, string collector, DateTimeOffset occurred, ulong serial, byte[] records, int count, ulong typeBits,
        string? missing, bool late, EventFault fault = EventFault.None)
        : base(host, collector, occurred, serial)
    {
        _records = records;
        _count = (ushort)count;
        RecordTypeBits = typeBits;
        Missing = missing;
        IsLate = late;
        BeginWith(fault);
    }

    /// <inheritdoc/>
    public override EventKind Kind => EventKind.Audit;

    /// <summary>What its kinds require and it lacks, for instance <c>SYSCALL, 1 of 2 PATH</c>; null when the event is whole.</summary>
    public string? Missing { get; }

    /// <summary>Whether records that belong to it are missing.</summary>
    public bool IsTorn => Missing is not null;

    /// <summary>Whether its records came after the event they belong to had left.</summary>
    public bool IsLate { get; }

    /// <summary>How many records it has.</summary>
    public int RecordCount => _count;

    /// <summary>A record, in order of arrival.</summary>
    /// <param name="index">From 0 to <see cref="RecordCount"/> less one.</param>
    public AuditRecord Record(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, _count);
        (RecordType type, int end) = Entry(index);
        int start = index == 0 ? 0 : Entry(index - 1).End;
        return new AuditRecord(type, _records.AsSpan(start, end - start));
    }

    /// <summary>
    /// The <see cref="BitOf"/> of each of its record types: whoever looks for a type finds out most of the time that it is not there
    /// without touching the records. Without that of <see cref="RecordType.StreamsProcess"/>. Of an event that came as a document, that of
    /// its <see cref="Type"/>.
    /// </summary>
    public ulong RecordTypeBits { get; }

    /// <summary>
    /// The bit that stands for a record type. The kernel's types from SYSCALL on, several of which are in most events, have one each, so
    /// that no rarer type shares it and is looked for in all of them; the others share the rest.
    /// </summary>
    public static ulong BitOf(RecordType type)
    {
        int number = type - RecordType.Syscall;
        return 1UL << (number is >= 0 and < 32 ? number : 32 | (int)type & 31);
    }

    /// <summary>The type of a record, without its text.</summary>
    /// <param name="index">From 0 to <see cref="RecordCount"/> less one.</param>
    public RecordType RecordTypeAt(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, _count);
        return (RecordType)BinaryPrimitives.ReadUInt16LittleEndian(_records.AsSpan(_records.Length - (_count - index) * EntrySize));
    }

    internal (RecordType Type, int End) Entry(int index)
    {
        ReadOnlySpan<byte> entry = _records.AsSpan(_records.Length - (_count - index) * EntrySize, EntrySize);
        return ((RecordType)BinaryPrimitives.ReadUInt16LittleEndian(entry), BinaryPrimitives.ReadInt32LittleEndian(entry[4..]));
    }

    internal const int EntrySize = 8;
}
