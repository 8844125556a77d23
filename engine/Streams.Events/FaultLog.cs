namespace Streams.Events;

/// <summary>
/// Counts the events at which Streams failed, by cause, and reports them once a cause and minute: a hostile program may cause one with
/// each of its calls. Safe for several threads.
/// </summary>
/// <remarks>
/// It reports by host; of more hosts than <see cref="HostLimit"/> a minute and cause the others are reported as those of the last.
/// </remarks>
/// <param name="usual">The causes that are counted from zero on; others have a counter once they have occurred.</param>
public sealed class FaultLog(params EventFault[] usual)
{
    /// <summary>How often a cause is reported, milliseconds.</summary>
    public const long Interval = 60_000;

    /// <summary>How many hosts have reports of their own.</summary>
    internal const int HostLimit = 16;

    private readonly Lock _gate = new();
    private readonly long[] _counts = new long[EventFaults.Count];
    private readonly long?[] _reportedAt = new long?[EventFaults.Count];
    private readonly List<FaultReport> _waiting = [];

    /// <summary>All of them.</summary>
    public long Total
    {
        get
        {
            lock (_gate) return _counts.Sum();
        }
    }

    /// <summary>How many by cause, for instance <c>faulty.decode</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Counters
    {
        get
        {
            var counters = new KeyValuePair<string, long>[_counts.Length];
            int shown = 0;
            lock (_gate)
            {
                for (int i = 1; i < _counts.Length; i++)
                {
                    if (_counts[i] > 0 || usual.Contains((EventFault)i))
                        counters[shown++] = new("faulty." + EventFaults.Name((EventFault)i), _counts[i]);
                }
            }

            return counters[..shown];
        }
    }

    /// <summary>Counts an event.</summary>
    /// <param name="fault">What was not done.</param>
    /// <param name="e">The event.</param>
    /// <param name="error">What was thrown; null when that is not known.</param>
    public void Add(EventFault fault, Event e, Exception? error)
    {
        ArgumentNullException.ThrowIfNull(e);
        if ((int)fault >= _counts.Length) fault = EventFault.Deliver;
        long records = e is AuditEvent { RecordCount: > 0 and var count } ? count : 1;
        lock (_gate)
        {
            _counts[(int)fault]++;
            int index = _waiting.FindIndex(w => w.Fault == fault && w.Host == e.Host && w.Collector == e.Collector);
            if (index < 0 && _waiting.Count(w => w.Fault == fault) >= HostLimit) index = _waiting.FindLastIndex(w => w.Fault == fault);
            if (index < 0)
            {
                _waiting.Add(new FaultReport(
                    fault, e.Host, e.Collector, e.Occurred, e.Occurred, 1, records, FaultReport.ExampleOf(e, error)));
                return;
            }

            FaultReport known = _waiting[index];
            _waiting[index] = known with
            {
                From = e.Occurred < known.From ? e.Occurred : known.From,
                To = e.Occurred > known.To ? e.Occurred : known.To,
                Events = known.Events + 1,
                Records = known.Records + records,
            };
        }
    }

    /// <summary>Counts a fault that belongs to no event; it is reported as one of the host <c>streams</c>.</summary>
    public void Add(EventFault fault, Exception error) =>
        Add(fault, new Heartbeat(Outage.Process, Outage.Process, DateTimeOffset.UnixEpoch, 0), error);

    /// <summary>Takes what is to be reported now: the first of a cause at once, others a minute after the last report of theirs.</summary>
    /// <param name="clock">Milliseconds of a clock that does not go back.</param>
    /// <param name="all">Whether what would have to wait is reported as well, as at the end.</param>
    public IReadOnlyList<FaultReport> Take(long clock, bool all = false)
    {
        lock (_gate)
        {
            if (_waiting.Count == 0) return [];
            List<FaultReport> due = _waiting.FindAll(
                report => all || _reportedAt[(int)report.Fault] is not { } at || clock - at >= Interval);
            foreach (FaultReport report in due) _reportedAt[(int)report.Fault] = clock;
            _waiting.RemoveAll(due.Contains);
            return due;
        }
    }
}
