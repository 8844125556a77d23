using System.Runtime.InteropServices;
using Streams.Events.Tables;

namespace Streams.Audit.Netlink;

/// <summary>
/// Messages of the audit socket as they came, one behind the other. The memory is outside of the collector's heap: blocks come and go
/// in bursts, and what is given back is free at once.
/// </summary>
internal sealed unsafe class RecordBlock : IDisposable
{
    /// <summary>Bytes that a block holds: some 1,800 records.</summary>
    public const int Capacity = 256 * 1024;

    // Before each text: its length (4 bytes), its type (2), where it came from (2).
    private const int HeaderSize = 8;

    private byte* _memory = (byte*)NativeMemory.Alloc(Capacity);

    /// <summary>Bytes in use.</summary>
    public int Length { get; private set; }

    /// <summary>Messages in it.</summary>
    public int Count { get; private set; }

    /// <summary>Records that were dropped from the queue right before this block.</summary>
    public long DroppedBefore { get; set; }

    /// <summary>How often the socket's buffer had overflowed when this was read.</summary>
    public int Overflows { get; set; }

    /// <summary>Appends a message; false when it does not fit.</summary>
    public bool TryAdd(ushort type, bool isMulticast, ReadOnlySpan<byte> text)
    {
        int size = HeaderSize + text.Length;
        if (Capacity - Length < size) return false;
        byte* to = _memory + Length;
        *(int*)to = text.Length;
        *(ushort*)(to + 4) = type;
        *(ushort*)(to + 6) = isMulticast ? (ushort)1 : (ushort)0;
        text.CopyTo(new Span<byte>(to + HeaderSize, text.Length));
        Length += size;
        Count++;
        return true;
    }

    /// <summary>Appends all of another block; false when it does not fit.</summary>
    public bool TryAdd(RecordBlock other)
    {
        if (Capacity - Length < other.Length) return false;
        Buffer.MemoryCopy(other._memory, _memory + Length, Capacity - Length, other.Length);
        Length += other.Length;
        Count += other.Count;
        DroppedBefore += other.DroppedBefore;
        Overflows += other.Overflows;
        return true;
    }

    /// <summary>Reads the message at a position and moves on to the next; false at the end.</summary>
    public bool TryRead(ref int position, out RecordType type, out bool isMulticast, out ReadOnlySpan<byte> text)
    {
        if (position >= Length)
        {
            type = default;
            isMulticast = false;
            text = default;
            return false;
        }

        byte* from = _memory + position;
        int length = *(int*)from;
        type = (RecordType)(*(ushort*)(from + 4));
        isMulticast = *(ushort*)(from + 6) != 0;
        text = new ReadOnlySpan<byte>(from + HeaderSize, length);
        position += HeaderSize + length;
        return true;
    }

    public void Clear()
    {
        Length = Count = Overflows = 0;
        DroppedBefore = 0;
    }

    public void Dispose()
    {
        NativeMemory.Free(_memory);
        _memory = null;
    }
}
