namespace Streams.Engine.Shards;

/// <summary>
/// What the state of an operator is counted and timed by: one host, or in a fleet query all of them. It has a watermark, and timers
/// that are due by it.
/// </summary>
internal abstract class Scope(Shard shard, int index) : IDeadlines
{
    private readonly PriorityQueue<IDueTarget, Deadline> _timers = new();
    private long _created;

    /// <summary>0 for the fleet, from 1 on for hosts in the order of their first event.</summary>
    public int Index { get; } = index;

    /// <summary>All that occurred up to here has arrived, as far as we wait for it; long.MinValue when nothing has.</summary>
    public long Watermark { get; private set; } = long.MinValue;

    /// <summary>When the first event of the scope occurred; learning counts from here.</summary>
    public long FirstOccurred { get; private set; } = long.MinValue;

    protected Shard Shard => shard;

    public void Begin(long occurred)
    {
        if (FirstOccurred == long.MinValue) FirstOccurred = occurred;
    }

    public void Arm(long due, IDueTarget target) => _timers.Enqueue(target, new Deadline(due, _created++));

    /// <summary>Puts a timer back that was put off, at its old place.</summary>
    public void ArmAgain(IDueTarget target, Deadline deadline) => _timers.Enqueue(target, deadline);

    /// <summary>Fires what is due by the watermark as it stands.</summary>
    public void FireDue() => Fire(Watermark);

    protected void AdvanceWatermark(long watermark)
    {
        if (watermark <= Watermark) return;
        Fire(watermark);
        Watermark = watermark;
    }

    private void Fire(long watermark)
    {
        while (_timers.TryPeek(out IDueTarget? target, out Deadline deadline) && deadline.Due <= watermark)
        {
            _timers.Dequeue();
            if (deadline.Due > Watermark) Watermark = deadline.Due;
            Shard.FireWatermark(this, target, deadline);
        }
    }
}

/// <summary>One host on one shard.</summary>
internal sealed class HostScope(Shard shard, int index, string name) : Scope(shard, index)
{
    private CollectorTime[] _collectors = [];
    private int _latest;
    private Downtimes? _downtimes;

    public string Name { get; } = name;

    /// <summary>The shard clock at the last event.</summary>
    public long LastArrival { get; set; } = long.MinValue;

    /// <summary>Whether nothing has come for so long that the fleet does not wait for this host.</summary>
    public bool IsIdle { get; set; } = true;

    /// <summary>Whether a timer watches for it to become idle.</summary>
    public bool IsWatched { get; set; }

    /// <summary>How long its collectors could not be heard.</summary>
    public Downtimes Downtimes => _downtimes ??= new Downtimes();

    /// <summary>How many ticks one of its collectors could not be heard.</summary>
    public long DowntimeOf(string collector) => _downtimes?.Of(collector) ?? 0;

    /// <summary>Where it stands in the fleet's heap of watermarks; -1 when it is idle.</summary>
    public int Place { get; set; } = -1;

    /// <summary>How far its slowest collector has come, as far as that is believed; long.MinValue before anything is.</summary>
    public long Newest { get; private set; } = long.MinValue;

    /// <summary>Takes note of how far a collector has come.</summary>
    /// <param name="collector">The collector.</param>
    /// <param name="time">When its event counts as having occurred.</param>
    /// <param name="admitted">When the event was admitted; null for that of a plain log, whose reader decides what is believed.</param>
    /// <param name="isAhead">Whether the event claims a later time.</param>
    public void Take(string collector, long time, long? admitted, bool isAhead)
    {
        CollectorTime[] collectors = _collectors;
        if ((uint)_latest >= (uint)collectors.Length || !ReferenceEquals(collectors[_latest].Collector, collector)) Find(collector);
        CollectorTime own = _collectors[_latest];
        if (admitted is { } clock)
        {
            if (!own.Believe(time, clock, isAhead, out bool isFirstDoubt))
            {
                if (isFirstDoubt) Shard.Clock.Arm(clock + CollectorTime.Patience, new DoubtWatch(Shard, this, own));
                return;
            }
        }
        else if (time > own.Newest)
        {
            own.Newest = time;
        }

        Newest = _collectors.Length == 1 ? own.Newest : Least();
    }

    public void Advance(long watermark) => AdvanceWatermark(watermark);

    // A collector of which nothing is believed yet is not waited for.
    private long Least()
    {
        long least = long.MaxValue;
        foreach (CollectorTime collector in _collectors)
            if (collector.Newest != long.MinValue)
                least = Math.Min(least, collector.Newest);
        return least == long.MaxValue ? long.MinValue : least;
    }

    private void Find(string collector)
    {
        for (int i = 0; i < _collectors.Length; i++)
        {
            if (_collectors[i].Collector != collector) continue;
            _latest = i;
            return;
        }

        // A host has a handful of collectors; names beyond that share the last place, so that a sender cannot make this grow.
        if (_collectors.Length == MostCollectors)
        {
            _latest = MostCollectors - 1;
            return;
        }

        _latest = _collectors.Length;
        _collectors = [.. _collectors, new CollectorTime(collector)];
    }

    private const int MostCollectors = 16;

    private sealed class DoubtWatch(Shard shard, HostScope host, CollectorTime collector) : IDueTarget
    {
        public QueryRun? Run => null;

        public void Fire(long due)
        {
            if (collector.BelieveAt(due) is { } again)
            {
                shard.Clock.Arm(again, this);
                return;
            }

            host.Newest = host.Least();
            shard.Advance(host);
        }
    }
}
