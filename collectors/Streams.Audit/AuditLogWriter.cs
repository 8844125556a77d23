using System.Buffers;
using System.Globalization;
using System.Text;
using Streams.Events;
using Streams.Events.Input;
using Streams.Events.Tables;

namespace Streams.Audit;

/// <summary>
/// Keeps the records of audit events as lines of an audit.log, each with the <c>node=</c> of its host, for those programs that read one
/// (<c>ausearch -if</c>, <c>streams replay</c>). Unlike auditd it writes EOE behind what is whole: whoever reads it need not wait for what
/// has no other end, and has the events in the order in which they were written. The files are their owner's alone (0600).
/// </summary>
/// <remarks>
/// A log has no place for events without records: what came as a document, file changes, gaps, and when events were admitted. They are
/// counted as <c>left_out</c>.
/// </remarks>
public sealed class AuditLogWriter : IInputWriter
{
    private const int FlushAt = 256 * 1024;

    private readonly string _path;
    private readonly AuditLogOptions _options;
    private readonly ArrayBufferWriter<byte> _lines = new(FlushAt * 2);
    private FileStream? _file;
    private long _size;
    private long _waiting;
    private long _entries;
    private long _bytes;
    private long _dropped;
    private long _leftOut;
    private long _faulty;

    /// <summary>Opens a log; what is in it stays.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How large it grows; null for the defaults.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public AuditLogWriter(string path, AuditLogOptions? options = null)
    {
        _path = Path.GetFullPath(path);
        _options = options ?? new AuditLogOptions();
        _file = Open();
    }

    /// <inheritdoc/>
    public string? Failure { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, long>> Counters =>
    [
        new("entries", Interlocked.Read(ref _entries)), new("bytes", Interlocked.Read(ref _bytes)),
        new("dropped", Interlocked.Read(ref _dropped)), new("left_out", Interlocked.Read(ref _leftOut)),
        new("faulty", Interlocked.Read(ref _faulty)),
    ];

    /// <inheritdoc/>
    public void Write(InputRecord record)
    {
        if (record is not Batch batch) return;
        for (int next = 0; next < batch.Events.Length;)
        {
            // One block for all of them: after a fault it continues behind the event that failed, on a line of its own.
            try
            {
                WriteFrom(batch.Events.Span, ref next);
            }
            catch (Exception error) when (EventFaults.IsContained(error))
            {
                batch.Events.Span[next - 1].Fail(EventFault.Document, error);
                Interlocked.Increment(ref _faulty);
                _lines.Write("\n"u8);
            }
        }
    }

    private void WriteFrom(ReadOnlySpan<Event> events, ref int next)
    {
        while (next < events.Length)
        {
            Event e = events[next++];
            if (e is AuditEvent { IsDocument: false } audit) Add(audit);
            else if (e is not Heartbeat) Interlocked.Increment(ref _leftOut);
            if (_lines.WrittenCount >= FlushAt) Flush();
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        if (_lines.WrittenCount == 0) return;
        try
        {
            string? failure = _size > 0 && _size + _lines.WrittenCount > _options.MaxBytes ? Rotate() : null;
            _file ??= Open();
            _file.Write(_lines.WrittenSpan);
            _size += _lines.WrittenCount;
            Interlocked.Add(ref _entries, _waiting);
            Interlocked.Add(ref _bytes, _lines.WrittenCount);
            Failure = failure;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Failure = $"{_path}: {FailureText.Of(e)}";
            Interlocked.Add(ref _dropped, _waiting);
            TakeBack();
        }
        finally
        {
            _lines.ResetWrittenCount();
            _waiting = 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Flush();
        _file?.Dispose();
    }

    // What our collector added comes last in an event, and the joiner ends an event of a log with its PROCTITLE: it goes to the front,
    // behind the record that says what the event is; before what a program wrote, which is an event as soon as it is read.
    private void Add(AuditEvent e)
    {
        byte[] stamp = Stamp(e);
        bool isSingle = RecordClasses.Of(e.Type) == RecordClass.Single;
        if (isSingle) AddAdditions(e, stamp);
        for (int i = 0; i < e.RecordCount; i++)
        {
            AuditRecord record = e.Record(i);
            if (i == 0 || record.Type != RecordType.StreamsProcess) AddLine(e.Host, record, stamp);
            if (i == 0 && !isSingle) AddAdditions(e, stamp);
        }

        if (!e.IsTorn && !isSingle) AddLine(e.Host, new AuditRecord(RecordType.Eoe, default), stamp);
    }

    private void AddAdditions(AuditEvent e, ReadOnlySpan<byte> stamp)
    {
        for (int i = 1; i < e.RecordCount; i++)
        {
            if (e.Record(i).Type == RecordType.StreamsProcess) AddLine(e.Host, e.Record(i), stamp);
        }
    }

    private void AddLine(string host, AuditRecord record, ReadOnlySpan<byte> stamp)
    {
        _lines.Write("node="u8);
        int start = _lines.WrittenCount;
        Encoding.UTF8.GetBytes(host, _lines);
        if (_lines.WrittenCount == start) _lines.Write("localhost"u8);
        _lines.Write(" type="u8);
        ReadOnlySpan<byte> name = RecordTypes.NameUtf8(record.Type);
        if (name.IsEmpty) Encoding.UTF8.GetBytes(RecordTypes.Name(record.Type), _lines);
        else _lines.Write(name);
        _lines.Write(stamp);
        AddText(record.Text);
        _lines.Write("\n"u8);
        _waiting++;
    }

    // A program with CAP_AUDIT_WRITE chooses its text: a line feed in it must not begin a record.
    private void AddText(ReadOnlySpan<byte> text)
    {
        Span<byte> written = _lines.GetSpan(text.Length)[..text.Length];
        text.CopyTo(written);
        written.Replace((byte)'\n', (byte)' ');
        _lines.Advance(text.Length);
    }

    private static byte[] Stamp(AuditEvent e)
    {
        long milliseconds = e.Occurred.ToUnixTimeMilliseconds();
        return Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $" msg=audit({milliseconds / 1000}.{milliseconds % 1000:000}:{e.Serial}): "));
    }

    // Up to the first number that is free: after a rotation that was cut short there is one, and nothing is deleted in its place.
    // What cannot be renamed grows on.
    private string? Rotate()
    {
        _file?.Dispose();
        _file = null;
        try
        {
            if (_options.Kept == 0) File.Delete(_path);
            int free = 1;
            while (free < _options.Kept && File.Exists(Rotated(free))) free++;
            for (int i = Math.Min(free, _options.Kept); i > 0; i--)
            {
                string from = i == 1 ? _path : Rotated(i - 1);
                if (File.Exists(from)) File.Move(from, Rotated(i), overwrite: true);
            }

            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{_path} cannot be rotated: {FailureText.Of(e)}";
        }
    }

    private string Rotated(int number) => string.Create(CultureInfo.InvariantCulture, $"{_path}.{number}");

    private FileStream Open()
    {
        var file = new FileStream(_path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read | FileShare.Delete,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        _size = file.Seek(0, SeekOrigin.End);
        EndLine(file);
        return file;
    }

    // A kill may have left half a line, to which the next one would be joined: alone it is a bad one, which whoever reads the log counts.
    private void EndLine(FileStream file)
    {
        if (_size == 0 || !file.CanSeek) return;
        file.Seek(-1, SeekOrigin.End);
        if (file.ReadByte() == '\n') return;
        file.Write("\n"u8);
        _size++;
    }

    // On a full disk a part may have been written: half a line would spoil the next one.
    private void TakeBack()
    {
        try
        {
            _file?.SetLength(_size);
            _file?.Seek(0, SeekOrigin.End);
        }
        catch (IOException)
        {
            // The next line is then a bad one, which whoever reads the log counts.
        }
    }
}
