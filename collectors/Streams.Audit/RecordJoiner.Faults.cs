using Streams.Events;
using Streams.Events.Tables;

namespace Streams.Audit;

/// <summary>What goes wrong with one event concerns that event alone.</summary>
public sealed partial class RecordJoiner
{
    /// <summary>What an event lacks; for tests, which let it fail.</summary>
    internal Func<OpenEvent, string?> MissingOf { get; init; } = Needs.Missing;

    private string? Missing(OpenEvent open)
    {
        try
        {
            return MissingOf(open);
        }
        catch (Exception error) when (EventFaults.IsContained(error))
        {
            open.Error = error;
            return null;
        }
    }

    // False for an event of the collector's own doing. What was added by halves is taken back.
    private bool Enrich(AuditEventBuilder records, long time, ref Exception? error)
    {
        int count = records.Count;
        try
        {
            return _additions!.AddTo(records, time);
        }
        catch (Exception thrown) when (EventFaults.IsContained(thrown))
        {
            error ??= thrown;
            records.Keep(count);
            return true;
        }
    }

    private void Begin()
    {
        _isKept = _isForgotten = _isLeaving = false;
        _closing = null;
    }

    private void CloseInTime(OpenEvent open)
    {
        Begin();
        try
        {
            CloseUnfinished(open);
        }
        catch (Exception error) when (!_isLeaving && EventFaults.IsContained(error))
        {
            Recover(error);
        }
    }

    /// <summary>
    /// Something unforeseen was thrown while a record was added. What was closed then, to make room or because its time was over, leaves;
    /// else the record's own event does. A record that is in none is added again, and if that fails, too, leaves alone.
    /// </summary>
    internal void Recover(ReadOnlySpan<byte> node, RecordType type, long time, uint serial, ReadOnlySpan<byte> text, Exception error)
    {
        if (_closing is null && _isKept && _current is { } open && open.Serial == serial && open.Time == time)
        {
            open.Error = error;
            CloseInTime(open);
            return;
        }

        bool isKept = _isKept;
        Recover(error);
        if (isKept) return;
        Begin();
        try
        {
            Take(node, type, time, serial, text);
        }
        catch (Exception again) when (!_isLeaving && EventFaults.IsContained(again))
        {
            isKept = _isKept;
            Recover(again);
            if (!isKept) AddFaulty(node, type, time, serial, text, EventFault.Join, error);
        }
    }

    // The event that was being closed leaves. If it is still in the lists, they are not to be trusted: all leave.
    private void Recover(Exception error)
    {
        OpenEvent? closing = _closing;
        if (closing is null) return;
        if (!_isForgotten) Salvage(error);
        if (closing.Builder.Count > 0) LeaveFaulty(closing, error);
    }

    /// <summary>Takes a record, or a line that could not be read as one, which leaves as an event of its own.</summary>
    /// <param name="node">The host that it names; empty when it names none.</param>
    /// <param name="type">Its type; <see cref="RecordType.None"/> when that is not known.</param>
    /// <param name="time">The stamp, milliseconds since 1970 UTC.</param>
    /// <param name="serial">The serial.</param>
    /// <param name="text">The text.</param>
    /// <param name="fault">What failed.</param>
    /// <param name="error">What was thrown.</param>
    internal void AddFaulty(
        ReadOnlySpan<byte> node, RecordType type, long time, uint serial, ReadOnlySpan<byte> text, EventFault fault, Exception error)
    {
        var alone = new AuditEventBuilder();
        alone.Add(type, text);
        Leave(alone.Build(_nodes.Get(node).Name, _collector, Stamp(time), serial, fault: fault), error);
    }

    /// <summary>Lets all unfinished events leave as they are, without what they may lack, and starts anew.</summary>
    internal void Salvage(Exception error)
    {
        var all = new List<OpenEvent>();
        for (OpenEvent? open = _oldest; open is not null && all.Count <= _maxInFlight; open = open.Newer) all.Add(open);
        _current = _oldest = _newest = null;
        _inFlight = 0;
        _bytes = 0;
        _index.Clear();
        _spare.Clear();
        _nodes.ForgetEvents();
        foreach (OpenEvent open in all)
        {
            if (open.Builder.Count > 0) LeaveFaulty(open, error);
        }
    }

    private void LeaveFaulty(OpenEvent open, Exception error) => Leave(
        open.Builder.Build(open.Node.Name, _collector, Stamp(open.Time), open.Serial, late: open.IsLate, fault: EventFault.Join),
        open.Error ?? error);
}
