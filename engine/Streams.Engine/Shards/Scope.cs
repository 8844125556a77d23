using Streams.Events;

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
            shard.FireWatermark(this, target, deadline);
        }
    }
}

/// <summary>One host on one shard.</summary>
internal sealed class HostScope(Shard shard, int index, string name) : Scope(shard, index)
{
    private (string Collector, long Newest)[] _collectors = [];
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

    /// <summary>What the watermark may become with this event: the least over the collectors of the newest occurred time.</summary>
    public long NewestAfter(Event e)
    {
        (string Collector, long Newest)[] collectors = _collectors;
        if ((uint)_latest >= (uint)collectors.Length || !ReferenceEquals(collectors[_latest].Collector, e.Collector)) Find(e.Collector);
        ref (string Collector, long Newest) own = ref _collectors[_latest];
        if (e.OccurredTicks > own.Newest) own.Newest = e.OccurredTicks;
        if (_collectors.Length == 1) return own.Newest;
        long least = long.MaxValue;
        foreach ((_, long newest) in _collectors) least = Math.Min(least, newest);
        return least;
    }

    public void Advance(long watermark) => AdvanceWatermark(watermark);

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

        Array.Resize(ref _collectors, _collectors.Length + 1);
        _latest = _collectors.Length - 1;
        _collectors[_latest] = (collector, long.MinValue);
    }

    private const int MostCollectors = 16;
}
