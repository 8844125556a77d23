using System.Buffers;

namespace Streams.Audit;

/// <summary>
/// Splits a stream into lines, as spans over one pooled buffer. A line longer than the buffer makes it grow up to
/// <see cref="MaxLine"/>; what is longer is skipped to its end.
/// </summary>
public sealed class LineSplitter : IDisposable
{
    /// <summary>The longest line, bytes. The kernel's records end below 9 KiB; programs that join lines make longer ones.</summary>
    public const int MaxLine = 8 << 20;

    private readonly Stream _stream;
    private readonly int _size;
    private byte[] _buffer;
    private int _start;
    private int _end;
    private bool _ended;

    /// <summary>Splits a stream.</summary>
    /// <param name="stream">Read to its end, disposed of with the splitter.</param>
    /// <param name="size">Bytes to read at once.</param>
    public LineSplitter(Stream stream, int size = 1 << 20)
    {
        _stream = stream;
        _size = size;
        _buffer = ArrayPool<byte>.Shared.Rent(size);
    }

    /// <summary>Called before the stream is read, which may wait.</summary>
    public Action? BeforeRead { get; set; }

    /// <summary>The number of the line that was read last, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>Whether the line that was read last was too long: its span holds its beginning.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>Whether the line that was read last ended with a line feed.</summary>
    public bool IsTerminated { get; private set; }

    /// <summary>Reads the next line.</summary>
    /// <param name="line">The line without its line feed, valid until the next call.</param>
    /// <returns>False at the end.</returns>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        IsTooLong = false;
        int length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
        if (length < 0) return TryReadOn(out line);
        line = _buffer.AsSpan(_start, length);
        _start += length + 1;
        IsTerminated = true;
        Line++;
        return true;
    }

    /// <summary>The beginning of what has not been read, without reading it.</summary>
    /// <param name="length">How many bytes are wanted at least; fewer at the end.</param>
    public ReadOnlySpan<byte> Peek(int length)
    {
        while (_end - _start < length && Fill())
        {
        }

        return _buffer.AsSpan(_start, _end - _start);
    }

    /// <summary>Gives the buffer back and closes the stream.</summary>
    public void Dispose()
    {
        _stream.Dispose();
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _start = _end = 0;
        _ended = true;
    }

    private bool TryReadOn(out ReadOnlySpan<byte> line)
    {
        int searched = _end - _start;
        while (searched <= MaxLine)
        {
            if (!Fill())
            {
                line = _buffer.AsSpan(_start, _end - _start);
                _start = _end;
                IsTerminated = false;
                if (line.IsEmpty) return false;
                Line++;
                return true;
            }

            int length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (length >= 0)
            {
                length += searched;
                if (length > MaxLine) break;
                line = _buffer.AsSpan(_start, length);
                _start += length + 1;
                IsTerminated = true;
                Line++;
                return true;
            }

            searched = _end - _start;
        }

        return SkipLine(out line);
    }

    private bool SkipLine(out ReadOnlySpan<byte> line)
    {
        IsTooLong = true;
        IsTerminated = true;
        Line++;
        const int Kept = 256;
        byte[] beginning = _buffer.AsSpan(_start, Kept).ToArray();
        line = beginning;
        for (; ; )
        {
            int length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                _start += length + 1;
                return true;
            }

            _start = _end = 0;
            if (Fill()) continue;
            IsTerminated = false;
            return true;
        }
    }

    private bool Fill()
    {
        if (_ended) return false;
        int length = _end - _start;
        if (length <= _size / 2 && _buffer.Length >= 4 * (long)_size)
        {
            Replace(_size);
        }
        else if (_start > 0)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, length);
            _start = 0;
            _end = length;
        }

        if (_end == _buffer.Length) Replace(_buffer.Length * 2);
        BeforeRead?.Invoke();
        int read = _stream.Read(_buffer, _end, _buffer.Length - _end);
        _ended = read == 0;
        _end += read;
        return !_ended;
    }

    private void Replace(int size)
    {
        byte[] other = ArrayPool<byte>.Shared.Rent(size);
        Buffer.BlockCopy(_buffer, _start, other, 0, _end - _start);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = other;
        _end -= _start;
        _start = 0;
    }
}
