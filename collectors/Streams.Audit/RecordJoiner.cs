using Streams.Events;
using Streams.Events.Tables;

namespace Streams.Audit;

/// <summary>The limits of a <see cref="RecordJoiner"/>.</summary>
public sealed record JoinerOptions
{
    /// <summary>The host of records that name none.</summary>
    public string Host { get; init; } = "localhost";

    /// <summary>The collector that the events say they come from.</summary>
    public string Collector { get; init; } = "audit";

    /// <summary>
    /// Whether the records come from the kernel itself: it ends every call with EOE, so that one without has lost it, however many do.
    /// </summary>
    public bool IsFromKernel { get; init; }

    /// <summary>How many events may be unfinished; one more closes the oldest as it is.</summary>
    public int MaxInFlight { get; init; } = 1024;

    /// <summary>How far a node's stamps, or the collector's clock, move on before an unfinished event is closed.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How many bytes of text unfinished events may hold; more closes the oldest as it is.</summary>
    public long MaxBytes { get; init; } = 64 << 20;
}

/// <summary>
/// Joins the records of one source to events by (node, time, serial). Events leave in the order in which they are complete; one that
/// stays unfinished delays none behind it. Not safe for several threads.
/// </summary>
/// <remarks>
/// Complete is: a record of a program at once; a call at EOE, or at PROCTITLE where the node sends no EOE (auditd writes none to its
/// log) and nothing is lacking. What precedes a call or stands alone (AVC, LOGIN, CONFIG_CHANGE) leaves with the call, or as it is
/// when the stamps of its node have moved on by <see cref="JoinerOptions.Timeout"/>, when too many newer ones are unfinished, at the
/// end, or by <see cref="AdvanceClock"/>. What goes wrong with an event is its own affair: it leaves with its records and
/// <see cref="Event.Fault"/>, and is counted in <see cref="Faults"/>.
/// </remarks>
public sealed partial class RecordJoiner
{
    /// <summary>The text of the largest event; a longer one is closed as it is. An execve may carry 6 MB of arguments, 12 in hex.</summary>
    public const int MaxEventBytes = 16 << 20;

    private const int MaxEventRecords = ushort.MaxValue;

    // Events that are kept to be used again.
    private const int MaxSpare = 64;

    private readonly Action<AuditEvent> _events;
    private readonly string _collector;
    private readonly int _maxInFlight;
    private readonly long _maxBytes;
    private readonly long _timeout;
    private readonly IEventAdditions? _additions;
    private readonly NodeTable _nodes;
    private readonly Dictionary<EventKey, OpenEvent> _index = [];
    private readonly Stack<OpenEvent> _spare = new();
    private readonly AuditEventBuilder _single = new();
    private readonly ClosedEvents _closed = new();

    // Where the record before went. An event is in the index only when another has begun since: most events come in one piece.
    private OpenEvent? _current;
    private OpenEvent? _oldest;
    private OpenEvent? _newest;
    private int _inFlight;
    private long _bytes;
    private long? _clock;

    // Of what is being done: whether the record is in an event, the event that is being closed, whether it is out of the lists, and
    // whether an event is with whoever takes it.
    private bool _isKept;
    private OpenEvent? _closing;
    private bool _isForgotten;
    private bool _isLeaving;

    /// <summary>Makes a joiner.</summary>
    /// <param name="events">Takes each event as it is complete, on the caller's thread.</param>
    /// <param name="options">The limits; null for the defaults.</param>
    /// <param name="additions">What is known on the host and added to each event; null for none.</param>
    /// <param name="faults">Counts the events at which something fails; null for one of its own.</param>
    public RecordJoiner(
        Action<AuditEvent> events, JoinerOptions? options = null, IEventAdditions? additions = null, FaultLog? faults = null)
    {
        options ??= new JoinerOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxInFlight);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxBytes);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.Timeout, TimeSpan.Zero, nameof(options));
        _events = events;
        _collector = options.Collector;
        _maxInFlight = options.MaxInFlight;
        _maxBytes = options.MaxBytes;
        _timeout = (long)options.Timeout.TotalMilliseconds;
        _additions = additions;
        Faults = faults ?? NewFaults();
        _nodes = new NodeTable(options.Host, 4096 + options.MaxInFlight, options.IsFromKernel);
    }

    /// <summary>Records taken, EOE among them.</summary>
    public long Records { get; private set; }

    /// <summary>Events that left.</summary>
    public long Events { get; private set; }

    /// <summary>Events that left without what their kinds require.</summary>
    public long Torn { get; private set; }

    /// <summary>Events made of records that came after theirs had left.</summary>
    public long Late { get; private set; }

    /// <summary>Events closed before their time because too many, or too large ones, were unfinished.</summary>
    public long ForcedOut { get; private set; }

    /// <summary>EOE records of which no other record was seen.</summary>
    public long EndsAlone { get; private set; }

    /// <summary>Events of the collector's own doing, which <see cref="IEventAdditions"/> kept back.</summary>
    public long Own { get; private set; }

    /// <summary>The events at which something failed.</summary>
    public FaultLog Faults { get; }

    /// <summary>Counts what can fail here.</summary>
    internal static FaultLog NewFaults() => new(EventFault.Read, EventFault.Join, EventFault.Enrich);

    /// <summary>Serials that no record had: a hint, since the kernel also spends serials on records that nobody gets.</summary>
    public long SerialGaps => _nodes.SerialGaps;

    /// <summary>Events that are unfinished.</summary>
    public int InFlight => _inFlight;

    /// <summary>The earliest stamp of an unfinished event, milliseconds since 1970 UTC; null when none is unfinished.</summary>
    public long? EarliestUnfinished
    {
        get
        {
            long? earliest = null;
            for (OpenEvent? open = _oldest; open is not null; open = open.Newer)
            {
                if (earliest is null || open.Time < earliest) earliest = open.Time;
            }

            return earliest;
        }
    }

    /// <summary>Hosts that something is known of.</summary>
    internal int Nodes => _nodes.Count;

    /// <summary>Takes a record; its text is copied.</summary>
    /// <param name="node">The host that the record names; empty when it names none.</param>
    /// <param name="type">Its type.</param>
    /// <param name="time">The stamp of its event, milliseconds since 1970 UTC.</param>
    /// <param name="serial">The serial of its event.</param>
    /// <param name="text">What follows the stamp.</param>
    public void Add(ReadOnlySpan<byte> node, RecordType type, long time, uint serial, ReadOnlySpan<byte> text)
    {
        Records++;
        Begin();
        try
        {
            Take(node, type, time, serial, text);
        }
        catch (Exception error) when (!_isLeaving && EventFaults.IsContained(error))
        {
            Recover(node, type, time, serial, text, error);
        }
    }

    private void Take(ReadOnlySpan<byte> node, RecordType type, long time, uint serial, ReadOnlySpan<byte> text)
    {
        RecordClass kind = RecordClasses.Of(type);
        if (kind == RecordClass.Single)
        {
            AddSingle(node, type, time, serial, text);
            return;
        }

        OpenEvent? open = _current;
        if (open is null || open.Serial != serial || open.Time != time || !(node.IsEmpty || open.Node.Is(node)))
        {
            open = Find(node, kind, time, serial);
            if (open is null) return;
        }

        if (kind == RecordClass.End)
        {
            _isKept = true;
            End(open);
            return;
        }

        bool isFirstTitle = kind == RecordClass.Proctitle && !open.HasTitle;
        open.Add(kind, type, text);
        _isKept = true;
        _bytes += text.Length;
        if (kind == RecordClass.Proctitle) open.Node.SeenTitle();

        // What an event lacks is looked at once, where it should be whole: somebody may write thousands of records into it.
        if (isFirstTitle && !open.Node.SendsEnds && open.Builder.Count > 1) CloseIfWhole(open);
        else if (kind == RecordClass.Path && IsLastOfOldKernel(open)) CloseIfWhole(open);

        // Of what has just left nothing is left to count.
        if (open.Builder.Count >= MaxEventRecords || open.Builder.Length >= MaxEventBytes) ForceOut(open);
        while (_bytes > _maxBytes) ForceOut(_oldest!);
    }

    /// <summary>
    /// Tells the collector's clock, where records arrive as they are written: closes what has been unfinished for too long.
    /// </summary>
    /// <param name="now">Milliseconds of a clock that does not go back.</param>
    public void AdvanceClock(long now)
    {
        if (_clock is null)
        {
            for (OpenEvent? open = _oldest; open is not null; open = open.Newer) open.OpenedAt = now;
        }

        _clock = now;
        while (_oldest is { } open && now - open.OpenedAt >= _timeout) CloseInTime(open);
    }

    /// <summary>The source has ended: what is unfinished leaves as it is, in order of arrival.</summary>
    public void Complete()
    {
        while (_oldest is { } open) CloseInTime(open);
    }

    private void AddSingle(ReadOnlySpan<byte> name, RecordType type, long time, uint serial, ReadOnlySpan<byte> text)
    {
        NodeState node = _nodes.Get(name);
        Advance(node, time);

        _single.Clear();
        _single.Add(type, text);
        if (_current is { IsAddition: true } before && before.Serial == serial && before.Time == time && before.Node == node)
        {
            _single.Add(RecordType.StreamsProcess, before.Builder[0].Text);
            Drop(before);
        }
        else if ((ushort)type is < 1200 or > 1299)
        {
            // DAEMON_* have a sequence of auditd's own.
            node.SeenSerial(serial);
        }

        Exception? error = null;
        if (_additions is not null && !Enrich(_single, time, ref error))
        {
            Own++;
            _isKept = true;
            _single.Clear();
            return;
        }

        EventFault fault = error is null ? EventFault.None : EventFault.Enrich;
        AuditEvent made = _single.Build(node.Name, _collector, Stamp(time), serial, fault: fault);
        _isKept = true;
        Leave(made, error);
    }

    /// <summary>The open event that a record belongs to, or a new one; null when the record is the end of one that has left.</summary>
    private OpenEvent? Find(ReadOnlySpan<byte> name, RecordClass kind, long time, uint serial)
    {
        if (_current is { } last)
        {
            _current = null;
            if (last.Serial == serial && last.Time == time && Adopt(last, name)) return _current = last;
            Index(last);
        }

        if (_index.Count > 0 && Indexed(name, time, serial) is { } known) return _current = known;

        NodeState node = _nodes.Get(name);
        bool left = _closed.Contains(time, serial, name.IsEmpty ? 0 : node.Number);
        if (kind == RecordClass.End)
        {
            node.SeenEnd();
            if (!left) EndsAlone++;
            return null;
        }

        Advance(node, time);
        if (!left) node.SeenSerial(serial);
        OpenEvent open = _spare.TryPop(out OpenEvent? spare) ? spare : new OpenEvent();
        open.Begin(node, !name.IsEmpty, time, serial, _clock ?? 0, left);
        Link(open);
        if (_inFlight > _maxInFlight) ForceOut(_oldest!);
        return _current = open;
    }

    // An event none of whose records named a host yet takes the name of the first that does.
    private bool Adopt(OpenEvent open, ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || open.Node.Is(name)) return true;
        if (open.IsNamed) return false;
        NodeState node = _nodes.Get(name);
        open.Node.Remove(open);
        open.Node = node;
        open.IsNamed = true;
        open.Deadline = node.Newest + _timeout;
        node.Append(open);
        return true;
    }

    private OpenEvent? Indexed(ReadOnlySpan<byte> name, long time, uint serial)
    {
        if (!_index.TryGetValue(new EventKey(time, serial), out OpenEvent? first)) return null;
        for (OpenEvent? open = first; open is not null; open = open.NextOfKey)
        {
            if (name.IsEmpty || open.Node.Is(name)) return open;
        }

        for (OpenEvent? open = first; open is not null; open = open.NextOfKey)
        {
            if (Adopt(open, name)) return open;
        }

        return null;
    }

    private void Index(OpenEvent open)
    {
        if (open.IsIndexed) return;
        open.IsIndexed = true;
        ref OpenEvent? first = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(
            _index, new EventKey(open.Time, open.Serial), out _);
        open.NextOfKey = first;
        first = open;
    }

    private void Unindex(OpenEvent open)
    {
        if (!open.IsIndexed) return;
        open.IsIndexed = false;
        var key = new EventKey(open.Time, open.Serial);
        OpenEvent first = _index[key];
        if (first == open)
        {
            if (open.NextOfKey is null) _index.Remove(key);
            else _index[key] = open.NextOfKey;
        }
        else
        {
            while (first.NextOfKey != open) first = first.NextOfKey!;
            first.NextOfKey = open.NextOfKey;
        }

        open.NextOfKey = null;
    }

    private void Link(OpenEvent open)
    {
        open.Older = _newest;
        if (_newest is null) _oldest = open;
        else _newest.Newer = open;
        _newest = open;
        open.Deadline = open.Node.Newest + _timeout;
        open.Node.Append(open);
        _inFlight++;
    }

    private void Unlink(OpenEvent open)
    {
        if (open.Older is null) _oldest = open.Newer;
        else open.Older.Newer = open.Newer;
        if (open.Newer is null) _newest = open.Older;
        else open.Newer.Older = open.Older;
        open.Older = open.Newer = null;
        open.Node.Remove(open);
        _inFlight--;
    }

    // What was unfinished is closed when the stamps had moved on already before this event: the first event from further on may
    // have overtaken a record.
    private void Advance(NodeState node, long time)
    {
        while (node.Oldest is { } overdue && overdue.Deadline <= node.Newest) CloseUnfinished(overdue);
        if (!node.Advance(time)) return;
        for (OpenEvent? open = node.Oldest, next; open is not null; open = next)
        {
            next = open.NewerOfNode;
            if (Math.Abs(open.Time - node.Newest) <= NodeState.Jump) open.Deadline = node.Newest + _timeout;
            else CloseUnfinished(open);
        }
    }

    private void ForceOut(OpenEvent open)
    {
        ForcedOut++;
        Close(open, Missing(open));
    }

    private void CloseUnfinished(OpenEvent open)
    {
        string? missing = Missing(open);
        if (open.HasSyscall && !open.IsLate) open.Node.ClosedUnfinished(open.HasTitle, open.HasEnd);
        Close(open, missing);
    }

    // Old kernels write neither PROCTITLE nor, to the log, EOE: the last PATH is the last record.
    private static bool IsLastOfOldKernel(OpenEvent open) =>
        open.Node.SendsNeither && open.HasSyscall && CallFields.Read(open.Builder[open.Call].Text).Items == open.Paths;

    // What the node sends is learnt of an event before it leaves: nothing of it is read afterwards.
    private void End(OpenEvent open)
    {
        open.Node.SeenEnd();
        open.HasEnd = true;
        string? missing = Missing(open);
        if (open.HasSyscall) open.Node.Ended(open.HasTitle, open.Paths == 0 ? null : open.HasDirectory);
        Close(open, missing);
    }

    private void CloseIfWhole(OpenEvent open)
    {
        if (Missing(open) is null) Close(open, null);
    }

    private void Drop(OpenEvent open)
    {
        Forget(open);
        Spare(open);
    }

    private void Forget(OpenEvent open)
    {
        Unlink(open);
        Unindex(open);
        if (_current == open) _current = null;
        _bytes -= open.Builder.Length;
    }

    private void Spare(OpenEvent open)
    {
        open.Builder.Clear();
        if (_spare.Count < MaxSpare) _spare.Push(open);
    }

    private void Close(OpenEvent open, string? missing)
    {
        _closing = open;
        Forget(open);
        _isForgotten = true;
        _closed.Add(open.Time, open.Serial, open.IsNamed ? open.Node.Number : 0);
        (EventFault fault, Exception? error) = (open.Error is null ? EventFault.None : EventFault.Join, open.Error);
        if (_additions is not null && open.Builder.Count < MaxEventRecords)
        {
            if (!Enrich(open.Builder, open.Time, ref error))
            {
                Own++;
                Spare(open);
                _closing = null;
                return;
            }

            if (fault == EventFault.None && error is not null) fault = EventFault.Enrich;
        }

        if (missing is not null) Torn++;
        if (open.IsLate) Late++;
        AuditEvent made = open.Builder.Build(open.Node.Name, _collector, Stamp(open.Time), open.Serial, missing, open.IsLate, fault);
        Spare(open);
        _closing = null;
        Leave(made, error);
    }

    // What whoever takes the event throws is theirs to deal with.
    private void Leave(AuditEvent made, Exception? error)
    {
        Events++;
        if (made.Fault != EventFault.None) Faults.Add(made.Fault, made, error);
        _isLeaving = true;
        _events(made);
        _isLeaving = false;
    }

    private static DateTimeOffset Stamp(long time) =>
        new(DateTimeOffset.UnixEpoch.Ticks + time * TimeSpan.TicksPerMillisecond, TimeSpan.Zero);

    private readonly record struct EventKey(long Time, uint Serial)
    {
        public override int GetHashCode() => (int)((ulong)Time * 0x9E3779B97F4A7C15UL >> 32) ^ (int)(Serial * 0x85EBCA6B);
    }
}
