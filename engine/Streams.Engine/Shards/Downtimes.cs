using Streams.Events;

namespace Streams.Engine.Shards;

/// <summary>
/// How long the collectors of one host could not be heard so far: what nobody could hear is no silence. Of at most
/// <see cref="MaxCollectors"/> collectors; those beyond are taken to have been up, which may raise a false alarm and hides none.
/// </summary>
internal sealed class Downtimes
{
    public const int MaxCollectors = 16;

    private readonly List<Downtime> _collectors = [];
    private Downtime _all = new(Outage.Process);

    /// <summary>Ticks in which nothing could be heard from a collector.</summary>
    public long Of(string collector)
    {
        foreach (Downtime known in _collectors)
            if (known.Collector == collector)
                return _all.Total + known.Total;
        return _all.Total;
    }

    /// <summary>Counts an outage of a collector, or of all of them; what was counted before is not counted again.</summary>
    /// <param name="outage">The outage.</param>
    /// <param name="counted">Up to here it has been counted elsewhere.</param>
    /// <param name="clock">The shard clock at it: from here on all is well.</param>
    public void Add(Outage outage, long counted, long clock)
    {
        long from = Math.Max(outage.From.UtcTicks, counted);
        if (outage.Collector == Outage.Process)
        {
            _all = _all.Until(clock, from);
            return;
        }

        int place = _collectors.FindIndex(known => known.Collector == outage.Collector);
        if (place < 0)
        {
            if (_collectors.Count == MaxCollectors) return;
            place = _collectors.Count;
            _collectors.Add(new Downtime(outage.Collector));
        }

        _collectors[place] = _collectors[place].Until(clock, Math.Max(from, _all.End));
    }

    private readonly record struct Downtime(string Collector, long Total = 0, long End = long.MinValue)
    {
        public Downtime Until(long clock, long from) =>
            this with { Total = Total + Math.Max(0, clock - Math.Max(from, End)), End = Math.Max(clock, End) };
    }
}
