using Streams.Events;
using Streams.Events.Tables;

namespace Streams.Audit.Netlink;

/// <summary>
/// Makes events of the messages of the audit socket, and batches of events. It knows no clock and no socket. Not safe for several
/// threads, but for the counters.
/// </summary>
internal sealed class RecordDecoder
{
    private const int MaxBatch = 512;

    // How long after an overflow of the socket's buffer gaps in the serials are put down to it: it is told when it happens, behind
    // what is still in the buffer.
    private const int OverflowWindow = 2000;

    private readonly Action<ReadOnlyMemory<Event>> _give;
    private readonly OwnChanges _ownChanges;
    private readonly RecordJoiner _joiner;
    private readonly string _host;
    private readonly Event[] _batch = new Event[MaxBatch];
    private int _count;
    private ulong _serial;
    private int _position;
    private bool _isGiving;
    private long _newest;
    private long _toldUpTo;
    private long _malformed;
    private long _lostInSocket;
    private long _ownChangesSeen;
    private bool _isOwner;
    private bool _hasUnicast;
    private long _gapsBefore;
    private long? _overflowedAt;
    private long _overflowedFrom;
    private long _recordsBefore;
    private bool _isOverflowTold;
    private long _dropped;
    private long _droppedFrom;

    public RecordDecoder(AuditOptions options, IEventAdditions? additions, OwnChanges ownChanges, Action<ReadOnlyMemory<Event>> give)
    {
        _give = give;
        _ownChanges = ownChanges;
        _host = options.Host;
        _joiner = new RecordJoiner(
            Take,
            new JoinerOptions
            {
                Host = options.Host,
                IsFromKernel = true,
                MaxInFlight = options.MaxInFlight,
                Timeout = options.Timeout,
                MaxBytes = options.MaxInFlightBytes,
            },
            additions,
            Faults);
    }

    /// <summary>The events at which something failed.</summary>
    public FaultLog Faults { get; } = RecordJoiner.NewFaults();

    public RecordJoiner Joiner => _joiner;

    /// <summary>The newest stamp of a record that was decoded, milliseconds since 1970 UTC.</summary>
    public long Newest => Volatile.Read(ref _newest);

    /// <summary>Events given out.</summary>
    public long Events => _joiner.Events - Volatile.Read(ref _ownChangesSeen);

    /// <summary>Events of the collector's own doing, which are not given out.</summary>
    public long Own => _joiner.Own + Volatile.Read(ref _ownChangesSeen);

    /// <summary>Records that do not begin as records do.</summary>
    public long Malformed => Volatile.Read(ref _malformed);

    /// <summary>
    /// Records that were lost because the socket's buffer was full, as an estimate: the kernel does not count them. It is how many serials
    /// are missing, times the records that an event has had on average; those that torn events lack are not in it.
    /// </summary>
    public long LostInSocket => Volatile.Read(ref _lostInSocket);

    /// <summary>
    /// Whether the collector is the audit daemon. Then records that came to all who read along are passed over once the first has come to
    /// it alone, and what does not fit into the socket stays in the kernel.
    /// </summary>
    public bool IsOwner
    {
        get => Volatile.Read(ref _isOwner);
        set => Volatile.Write(ref _isOwner, value);
    }

    /// <summary>Whether somebody changed the configuration of audit, or its owner, since this was set to false.</summary>
    public bool HasConfigChange { get; set; }

    /// <summary>Decodes a block.</summary>
    /// <param name="block">The messages.</param>
    /// <param name="now">The wall clock, milliseconds since 1970 UTC.</param>
    public void Decode(RecordBlock block, long now)
    {
        if (block.DroppedBefore > 0)
        {
            if (_dropped == 0) _droppedFrom = _newest;
            _dropped += block.DroppedBefore;
        }

        if (block.Overflows > 0 && !IsOwner && _overflowedAt is null)
        {
            _overflowedAt = now;
            _overflowedFrom = _newest;
            _gapsBefore = _joiner.SerialGaps;
            _isOverflowTold = false;
        }

        int position = 0;
        _isGiving = false;
        while (position < block.Length)
        {
            // One guarded block for all of them: after a fault it continues behind the message that failed.
            try
            {
                Decode(block, ref position);
            }
            catch (Exception error) when (!_isGiving && EventFaults.IsContained(error))
            {
                int at = _position;
                _ = block.TryRead(ref at, out RecordType type, out _, out ReadOnlySpan<byte> record);
                _joiner.AddFaulty(default, type, _newest, 0, record, EventFault.Read, error);
            }
        }

        if (block.Overflows > 0) _recordsBefore = _joiner.Records;
    }

    /// <summary>Closes what has been unfinished for too long, and tells what an overflow has taken.</summary>
    /// <param name="clock">Milliseconds of a clock that does not go back.</param>
    /// <param name="now">The wall clock, milliseconds since 1970 UTC.</param>
    public void Advance(long clock, long now)
    {
        _joiner.AdvanceClock(clock);
        if (_overflowedAt is { } at && Math.Abs(now - at) >= OverflowWindow) TellOverflow(now);
    }

    /// <summary>Nothing more comes: what is unfinished leaves as it is.</summary>
    public void Complete()
    {
        _joiner.Complete();
        Flush();
    }

    /// <summary>Adds what is no event of the kernel's.</summary>
    public void Add(Event added)
    {
        _batch[_count++] = added;
        if (_count == MaxBatch) Flush();
    }

    /// <summary>Reports events at which something failed: their records are there.</summary>
    public void AddGap(FaultReport report) => Add(new Gap(
        report.Host, report.Collector, report.From, report.To, ++_serial, report.Records, Gap.Faulty, report.Fault));

    /// <summary>Tells that the collector is alive, and what was dropped from its queue since it told that last.</summary>
    /// <param name="now">The wall clock, milliseconds since 1970 UTC.</param>
    /// <param name="drainedAt">When nothing was in the socket or the queue, wall clock; null when something is.</param>
    /// <param name="counters">What it has counted.</param>
    public void AddHeartbeat(long now, long? drainedAt, IReadOnlyList<KeyValuePair<string, long>> counters)
    {
        if (_dropped > 0) AddGap(_droppedFrom, now, _dropped, "the collector's queue was full");
        _dropped = 0;
        long upTo = Math.Min(drainedAt ?? _newest, _joiner.EarliestUnfinished - 1 ?? long.MaxValue);
        _toldUpTo = Math.Max(_toldUpTo, upTo);
        Add(new Heartbeat(_host, AuditCollector.CollectorName, Stamp(_toldUpTo), ++_serial, counters));
    }

    /// <summary>Gives out what is ready.</summary>
    public void Flush()
    {
        if (_count == 0) return;
        Event[] events = _batch.AsSpan(0, _count).ToArray();
        Array.Clear(_batch, 0, _count);
        _count = 0;
        _isGiving = true;
        _give(events);
        _isGiving = false;
    }

    private void Decode(RecordBlock block, ref int position)
    {
        for (_position = position; block.TryRead(ref position, out RecordType type, out bool isMulticast, out ReadOnlySpan<byte> record);
            _position = position)
        {
            if (!IsRecord(type) || IsRepeated(isMulticast)) continue;
            if (!RecordStamp.TryRead(record, out long time, out uint serial, out ReadOnlySpan<byte> text))
            {
                Volatile.Write(ref _malformed, _malformed + 1);
                continue;
            }

            if (time > _newest) _newest = time;
            _joiner.Add(default, type, time, serial, text);
        }
    }

    // What auditd writes to its log as well: USER (auditctl -m), LOGIN, and what programs and the kernel write. The others are answers to
    // requests, and AUDIT_REPLACE asks whether the daemon lives.
    private static bool IsRecord(RecordType type) =>
        type is RecordType.User or RecordType.Login or (>= (RecordType)1100 and < (RecordType)3000 and not RecordType.Replace);

    // What is missing shows in the first serial behind it; while nothing comes, nobody knows how much that is.
    private void TellOverflow(long now)
    {
        const string cause = "the socket's buffer was full";
        long lost = _joiner.SerialGaps - _gapsBefore;
        if (lost <= 0 && _joiner.Records == _recordsBefore)
        {
            if (!_isOverflowTold) AddGap(_overflowedFrom, now, 0, cause);
            _isOverflowTold = true;
            return;
        }

        _overflowedAt = null;
        if (lost <= 0) return;
        long records = InRecords(lost);
        Volatile.Write(ref _lostInSocket, _lostInSocket + records);
        AddGap(_overflowedFrom, now, records, cause);
    }

    private long InRecords(long events)
    {
        long known = Math.Max(1, _joiner.Events + _joiner.Own);
        return (long)Math.Round(events * Math.Max(1.0, (double)_joiner.Records / known));
    }

    // Nothing may have come before.
    private void AddGap(long from, long now, long records, string cause)
    {
        DateTimeOffset last = Stamp(from == 0 ? now : Math.Min(from, now));
        Add(new Gap(_host, AuditCollector.CollectorName, last, Stamp(now), ++_serial, records, cause));
    }

    private bool IsRepeated(bool isMulticast)
    {
        if (!IsOwner) _hasUnicast = false;
        else if (!isMulticast) _hasUnicast = true;
        return isMulticast && _hasUnicast;
    }

    private void Take(AuditEvent made)
    {
        if (made.RecordTypeAt(0) == RecordType.ConfigChange)
        {
            HasConfigChange = true;
            if (IsOwn(made))
            {
                Volatile.Write(ref _ownChangesSeen, _ownChangesSeen + 1);
                return;
            }
        }

        Add(made);
    }

    // What cannot be compared is not taken for ours.
    private bool IsOwn(AuditEvent made)
    {
        try
        {
            return _ownChanges.IsOwn(made);
        }
        catch (Exception error) when (EventFaults.IsContained(error))
        {
            made.Fail(EventFault.Decode, error);
            return false;
        }
    }

    private static DateTimeOffset Stamp(long time) => DateTimeOffset.FromUnixTimeMilliseconds(time);
}
