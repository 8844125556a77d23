using Streams.Events;
using Streams.Events.Input;
using Streams.Host.CommandLine;
using Streams.Host.Output;
using Streams.Journal;

namespace Streams.Host.Running;

/// <summary>The recording of a live run: everything is admitted as it was then, so the same queries say the same.</summary>
/// <param name="path">The file.</param>
/// <param name="from">Only events that occurred then or later; null for all.</param>
/// <param name="to">Only events that occurred before; null for all.</param>
internal sealed class RecordingInputSource(string path, DateTimeOffset? from, DateTimeOffset? to) : InputSource
{
    private IReadOnlyList<RecordingDamage> _damages = [];
    private bool _isCutOff;
    private string? _failure;
    private long _length;
    private long _read;
    private long _records;
    private long _events;
    private long _torn;
    private long _late;
    private KeyValuePair<string, long>[] _faulty = [];

    /// <inheritdoc/>
    public override RunFigures Figures => new() { Records = _records, Events = _events, Torn = _torn, Late = _late, Faulty = _faulty };

    /// <inheritdoc/>
    public override (long Read, long Total, long Records) Progress => (_read, _length, _records);

    /// <summary>Whether a file begins like a recording; false for what cannot be read.</summary>
    public static bool IsRecording(string path)
    {
        try
        {
            if (!File.Exists(path)) return false;
            Span<byte> beginning = stackalloc byte[16];
            using FileStream file = File.OpenRead(path);
            return RecordingReader.IsRecording(beginning[..file.ReadAtLeast(beginning, beginning.Length, throwOnEndOfStream: false)]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public override bool Run(Action<InputRecord> work, Action idle, CancellationToken stop)
    {
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            _length = file.Length;
            using var reader = new RecordingReader(file);
            _damages = reader.Damages;
            while (reader.Read() is { } record)
            {
                if (stop.IsCancellationRequested) return false;
                _read = reader.BytesRead;
                work(record is Batch batch ? Counted(batch) : record);
            }

            _isCutOff = reader.IsCutOff;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            _failure = FailureText.Of(e);
        }

        idle();
        return true;
    }

    /// <inheritdoc/>
    public override int Report()
    {
        foreach (RecordingDamage damage in _damages)
        {
            Tell(FormattableString.Invariant(
                $"{damage.Bytes:N0} bytes at {damage.Offset:N0} are damaged and were passed over: {damage.What}"));
        }

        if (_isCutOff) Tell("the last entry is cut off: the process that recorded was killed, or is still at it; all before it was read");
        if (_failure is not null) Tell(_failure);
        return _failure is null && _damages.Count == 0 ? ExitCode.Done : ExitCode.Error;
    }

    private Batch Counted(Batch batch)
    {
        if (from is not null || to is not null)
            batch = batch with { Events = batch.Events.ToArray().Where(e => !(e.Occurred < from) && !(e.Occurred >= to)).ToArray() };
        _events += batch.Events.Length;
        foreach (Event e in batch.Events.Span)
        {
            if (e is not AuditEvent audit) continue;
            _records += audit.RecordCount;
            if (audit.IsTorn) _torn++;
            if (audit.Fault != EventFault.None) Count(audit.Fault);
            if (audit.IsLate) _late++;
        }

        return batch;
    }

    // What the collector had failed at then, and reported.
    private void Count(EventFault fault)
    {
        string cause = "faulty." + EventFaults.Name(fault);
        long count = _faulty.FirstOrDefault(each => each.Key == cause).Value;
        _faulty = [.. _faulty.Where(each => each.Key != cause), new(cause, count + 1)];
    }

    private void Tell(string message) => Console.Error.WriteLine($"streams: {TerminalText.Escape(path)}: {TerminalText.Escape(message)}");
}
