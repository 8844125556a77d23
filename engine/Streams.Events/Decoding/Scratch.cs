using System.Buffers.Binary;
using System.Buffers.Text;

namespace Streams.Events.Decoding;

/// <summary>Room for texts that do not stand in the records as they are; used again for every event.</summary>
internal sealed class Scratch
{
    private const int Kept = 64 * 1024;

    private byte[] _buffer = new byte[1024];
    private int _length;

    public byte[] Buffer => _buffer;

    public int Length => _length;

    public void Clear()
    {
        _length = 0;
        if (_buffer.Length > Kept) _buffer = new byte[1024];
    }

    /// <summary>Room at the end for that many bytes; pieces made before stay good, as they keep their array.</summary>
    public Span<byte> Append(int count)
    {
        if (_length + count > _buffer.Length) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + count));
        Span<byte> room = _buffer.AsSpan(_length, count);
        _length += count;
        return room;
    }

    /// <summary>What has been appended since a place.</summary>
    public Piece Since(int start) => Piece.From(PieceForm.Literal, _buffer, start, _length - start);

    public Piece Copy(ReadOnlySpan<byte> text)
    {
        int start = _length;
        text.CopyTo(Append(text.Length));
        return Since(start);
    }

    public Piece Decimal(long number)
    {
        int start = _length;
        Utf8Formatter.TryFormat(number, Append(20), out int written);
        _length = start + written;
        return Since(start);
    }

    public Piece Ipv4(ReadOnlySpan<byte> address)
    {
        int start = _length;
        Span<byte> room = Append(15);
        int at = 0;
        for (int i = 0; i < 4; i++)
        {
            if (i > 0) room[at++] = (byte)'.';
            Utf8Formatter.TryFormat(address[i], room[at..], out int written);
            at += written;
        }

        _length = start + at;
        return Since(start);
    }

    /// <summary>An IPv6 address in the form of RFC 5952.</summary>
    public Piece Ipv6(ReadOnlySpan<byte> address)
    {
        int start = _length;
        Span<byte> room = Append(40);
        int longest = -1;
        int longestLength = 1;
        for (int i = 0; i < 8; i++)
        {
            int run = 0;
            while (i + run < 8 && Group(address, i + run) == 0) run++;
            if (run > longestLength) (longest, longestLength) = (i, run);
            if (run > 0) i += run - 1;
        }

        int at = 0;
        for (int i = 0; i < 8; i++)
        {
            if (i == longest)
            {
                room[at++] = (byte)':';
                room[at++] = (byte)':';
                i += longestLength - 1;
                continue;
            }

            if (i > 0 && (longest < 0 || i != longest + longestLength)) room[at++] = (byte)':';
            Utf8Formatter.TryFormat(Group(address, i), room[at..], out int written, new System.Buffers.StandardFormat('x'));
            at += written;
        }

        _length = start + at;
        return Since(start);
    }

    public Piece Hardware(ReadOnlySpan<byte> address)
    {
        int start = _length;
        for (int i = 0; i < address.Length; i++)
        {
            if (i > 0) Append(1)[0] = (byte)':';
            Utf8Formatter.TryFormat(address[i], Append(2), out _, new System.Buffers.StandardFormat('x', 2));
        }

        return Since(start);
    }

    private static ushort Group(ReadOnlySpan<byte> address, int index) => BinaryPrimitives.ReadUInt16BigEndian(address[(2 * index)..]);
}
