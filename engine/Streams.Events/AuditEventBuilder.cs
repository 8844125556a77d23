using System.Buffers.Binary;
using Streams.Events.Tables;

namespace Streams.Events;

/// <summary>Gathers the records of one event. A collector keeps builders and uses them again; it is not safe for several threads.</summary>
public sealed class AuditEventBuilder
{
    private byte[] _text = new byte[1024];
    private (RecordType Type, int End)[] _records = new (RecordType, int)[8];
    private int _length;
    private int _count;

    /// <summary>How many records have been added.</summary>
    public int Count => _count;

    /// <summary>How many bytes of text have been added.</summary>
    public int Length => _length;

    /// <summary>A record that has been added.</summary>
    public AuditRecord this[int index]
    {
        get
        {
            int start = index == 0 ? 0 : _records[index - 1].End;
            return new AuditRecord(_records[index].Type, _text.AsSpan(start, _records[index].End - start));
        }
    }

    /// <summary>Adds a record; its text is copied.</summary>
    public void Add(RecordType type, ReadOnlySpan<byte> text)
    {
        if (_length + text.Length > _text.Length) Array.Resize(ref _text, Math.Max(_text.Length * 2, _length + text.Length));
        if (_count == _records.Length) Array.Resize(ref _records, _count * 2);
        text.CopyTo(_text.AsSpan(_length));
        _length += text.Length;
        _records[_count++] = (type, _length);
    }

    /// <summary>Makes the event of what has been added, and starts anew.</summary>
    /// <param name="host">The node.</param>
    /// <param name="collector">The collector.</param>
    /// <param name="occurred">The stamp of the records.</param>
    /// <param name="serial">The serial of the records.</param>
    /// <param name="missing">What is lacking, see <see cref="AuditEvent.Missing"/>; null when whole.</param>
    /// <param name="late">See <see cref="AuditEvent.IsLate"/>.</param>
    /// <param name="fault">What was not done with them; whoever builds counts it.</param>
    public AuditEvent Build(
        string host, string collector, DateTimeOffset occurred, ulong serial, string? missing = null, bool late = false,
        EventFault fault = EventFault.None)
    {
        byte[] records = GC.AllocateUninitializedArray<byte>(_length + _count * AuditEvent.EntrySize);
        _text.AsSpan(0, _length).CopyTo(records);
        Span<byte> entry = records.AsSpan(_length);
        ulong types = 0;
        for (int i = 0; i < _count; i++, entry = entry[AuditEvent.EntrySize..])
        {
            types |= AuditEvent.RoutingBitOf(_records[i].Type);
            BinaryPrimitives.WriteUInt16LittleEndian(entry, (ushort)_records[i].Type);
            BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], 0);
            BinaryPrimitives.WriteInt32LittleEndian(entry[4..], _records[i].End);
        }

        var made = new AuditEvent(host, collector, occurred, serial, records, _count, types, missing, late, fault);
        Clear();
        return made;
    }

    /// <summary>Drops all but the first records.</summary>
    public void Keep(int count)
    {
        if (count >= _count) return;
        _count = count;
        _length = count == 0 ? 0 : _records[count - 1].End;
    }

    /// <summary>Forgets what has been added. A builder that has grown past 64 KiB gives its memory back.</summary>
    public void Clear()
    {
        _length = 0;
        _count = 0;
        if (_text.Length > 64 * 1024) _text = new byte[1024];
        if (_records.Length > 256) _records = new (RecordType, int)[8];
    }
}
