using Streams.Events.Input;

namespace Streams.Journal;

/// <summary>Something in a recording that could not be read.</summary>
/// <param name="Offset">Where in the file it begins.</param>
/// <param name="Bytes">How many bytes were passed over.</param>
/// <param name="What">What is wrong.</param>
public sealed record RecordingDamage(long Offset, long Bytes, string What);

/// <summary>
/// Reads a recording, also one that is still being written. Damage is reported, and reading goes on at the next entry that is whole; an
/// entry that is cut off at the end, as a kill leaves it, is the end.
/// </summary>
public sealed class RecordingReader : IDisposable
{
    private const int ReadAtOnce = 256 * 1024;
    private const int MostDamages = 100;

    private readonly Stream _file;
    private readonly InputCodec _codec = new();
    private readonly List<RecordingDamage> _damages = [];
    private byte[] _buffer = new byte[ReadAtOnce];
    private int _start;
    private int _end;
    private long _offset = Frames.Header.Length;

    /// <summary>Begins to read.</summary>
    /// <param name="file">The recording from its beginning; it is disposed with the reader.</param>
    /// <exception cref="FormatException">It is no recording, or one of a later version.</exception>
    public RecordingReader(Stream file)
    {
        ArgumentNullException.ThrowIfNull(file);
        _file = file;
        Span<byte> header = stackalloc byte[Frames.Header.Length];
        int read = file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        if (read < header.Length || !header[..^1].SequenceEqual(Frames.Header[..^1]))
            throw new FormatException("It is no recording of Streams.");
        if (header[^1] > Frames.Version)
        {
            throw new FormatException(
                $"It is a recording of version {header[^1]}, and this program reads up to {Frames.Version}: take a newer one.");
        }
    }

    /// <summary>What could not be read so far, the first hundred.</summary>
    public IReadOnlyList<RecordingDamage> Damages => _damages;

    /// <summary>Whether the last entry is cut off: the process was killed while it wrote, or it is still writing.</summary>
    public bool IsCutOff { get; private set; }

    /// <summary>Bytes of the file that have been read.</summary>
    public long BytesRead => Interlocked.Read(ref _offset);

    /// <summary>Whether a file begins like a recording.</summary>
    public static bool IsRecording(ReadOnlySpan<byte> beginning) => beginning.StartsWith(Frames.Header[..^1]);

    /// <summary>The next entry; null at the end. Of a recording that is still being written, there may be more at a later call.</summary>
    public InputRecord? Read()
    {
        long damaged = -1;
        IsCutOff = false;
        while (true)
        {
            ReadOnlySpan<byte> rest = _buffer.AsSpan(_start, _end - _start);
            if (!rest.IsEmpty && Frames.TryFind(rest, out int length))
            {
                Report(damaged, "no whole entry is there");
                damaged = -1;
                if (Decode(_buffer.AsMemory(_start + Frames.Overhead, length)) is { } record)
                {
                    Pass(Frames.Overhead + length);
                    return record;
                }

                Pass(Frames.Overhead + length);
                continue;
            }

            int needed = 0;
            if (rest.IsEmpty || (!Frames.TryFind(rest, out needed) && needed > 0))
            {
                if (Fill(Math.Max(needed, 1))) continue;
                if (_start == _end)
                {
                    Report(damaged, "no whole entry is there");
                    return null;
                }

                // A damaged length may reach beyond the end: only what holds no other entry is the cut-off one.
                if (damaged < 0 && NextMarker(_buffer.AsSpan(_start, _end - _start)) < 0)
                {
                    IsCutOff = true;
                    return null;
                }
            }

            if (damaged < 0) damaged = _offset;
            int next = NextMarker(_buffer.AsSpan(_start, _end - _start));
            Pass(next > 0 ? next : Math.Max(1, _end - _start - Frames.Marker.Length + 1));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static int NextMarker(ReadOnlySpan<byte> bytes)
    {
        int found = bytes[1..].IndexOf(Frames.Marker);
        return found < 0 ? -1 : found + 1;
    }

    private InputRecord? Decode(ReadOnlyMemory<byte> content)
    {
        try
        {
            return _codec.Read(content);
        }
        catch (FormatException e)
        {
            Add(new RecordingDamage(_offset, Frames.Overhead + content.Length, e.Message));
            return null;
        }
    }

    private void Report(long damaged, string what)
    {
        if (damaged >= 0) Add(new RecordingDamage(damaged, _offset - damaged, what));
    }

    private void Add(RecordingDamage damage)
    {
        if (_damages.Count < MostDamages) _damages.Add(damage);
    }

    private void Pass(int bytes)
    {
        _start += bytes;
        Interlocked.Add(ref _offset, bytes);
    }

    // The buffer grows with what is there, not with what a length says, which may be damaged.
    private bool Fill(int needed)
    {
        if (_start > 0)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            (_start, _end) = (0, _end - _start);
        }

        while (_end < needed)
        {
            if (_end == _buffer.Length) Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, Frames.Overhead + Frames.MostBytes));
            int read = _file.Read(_buffer, _end, _buffer.Length - _end);
            if (read == 0) return false;
            _end += read;
        }

        return true;
    }
}
