using System.Buffers;
using Streams.Events;
using Streams.Events.Input;

namespace Streams.Journal;

/// <summary>Writes a recording: the admitted input of a process, entry by entry, of which a replay gives the same alerts.</summary>
public sealed class RecordingWriter : IInputWriter
{
    private const int FlushAt = 256 * 1024;

    // A batch whose content is longer is cut in two; a single event is never longer than the largest event of the joiner (16 MiB).
    private const int CutAt = 32 << 20;

    private readonly string _path;
    private readonly FileStream _file;
    private readonly ArrayBufferWriter<byte> _content = new(64 * 1024);
    private byte[] _buffer = new byte[FlushAt * 2];
    private int _length;
    private int _buffered;
    private long _entries;
    private long _bytes;
    private long _dropped;
    private long _faulty;

    /// <summary>Begins a recording. The file is its owner's alone (0600); one that is there is replaced.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public RecordingWriter(string path)
    {
        _path = path;
        _file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            Share = FileShare.Read,
            BufferSize = 0,
            UnixCreateMode = OperatingSystem.IsWindows() ? null : UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        Frames.Header.CopyTo(_buffer);
        _length = Frames.Header.Length;
    }

    /// <inheritdoc/>
    public string? Failure { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, long>> Counters =>
    [
        new("entries", Interlocked.Read(ref _entries)),
        new("bytes", Interlocked.Read(ref _bytes)),
        new("dropped", Interlocked.Read(ref _dropped)),
        new("faulty", Interlocked.Read(ref _faulty)),
    ];

    /// <inheritdoc/>
    public void Write(InputRecord record)
    {
        _content.ResetWrittenCount();
        try
        {
            InputCodec.Write(record, _content);
        }
        catch (Exception error) when (record is Batch { Events.Length: > 0 } && EventFaults.IsContained(error))
        {
            WriteOthers((Batch)record, error);
            return;
        }

        ReadOnlySpan<byte> content = _content.WrittenSpan;
        if (content.Length > CutAt && record is Batch { Events.Length: > 1 } batch)
        {
            // How a batch is cut changes nothing.
            int half = batch.Events.Length / 2;
            Write(batch with { Events = batch.Events[..half] });
            Write(batch with { Events = batch.Events[half..] });
            return;
        }

        int frame = Frames.Overhead + content.Length;
        if (_length + frame > _buffer.Length)
        {
            Flush();
            if (frame > _buffer.Length) _buffer = new byte[frame];
        }

        Span<byte> place = _buffer.AsSpan(_length, frame);
        content.CopyTo(place[Frames.Overhead..]);
        Frames.Seal(place);
        _length += frame;
        _buffered++;
        if (_length >= FlushAt) Flush();
    }

    // One event has no binary form: it is looked for by halves. Its batch stays, as it moves the clock.
    private void WriteOthers(Batch batch, Exception error)
    {
        int half = batch.Events.Length / 2;
        if (half > 0)
        {
            Write(batch with { Events = batch.Events[..half] });
            Write(batch with { Events = batch.Events[half..] });
            return;
        }

        batch.Events.Span[0].Fail(EventFault.Document, error);
        Interlocked.Increment(ref _faulty);
        Write(batch with { Events = default });
    }

    /// <inheritdoc/>
    public void Flush()
    {
        if (_length == 0) return;
        try
        {
            _file.Write(_buffer, 0, _length);
            Interlocked.Add(ref _entries, _buffered);
            Interlocked.Add(ref _bytes, _length);
            Failure = null;
        }
        catch (IOException e)
        {
            Failure = $"{_path}: {FailureText.Of(e)}";
            Interlocked.Add(ref _dropped, _buffered);
        }
        finally
        {
            _length = 0;
            _buffered = 0;
            if (_buffer.Length > FlushAt * 2) _buffer = new byte[FlushAt * 2];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Flush();
        _file.Dispose();
    }
}
