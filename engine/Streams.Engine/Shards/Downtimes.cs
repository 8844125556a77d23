using Streams.Events;

namespace Streams.Engine.Shards;

/// <summary>
/// How long this process, or the intake of one of its collectors, was down so far: nobody is silent whom nobody could hear. Of at most
/// <see cref="MostCollectors"/> collectors; those beyond are taken to have been up, which may raise a false alarm and hides none.
/// </summary>
internal sealed class Downtimes
{
    public const int MostCollectors = 64;

    private readonly Dictionary<string, (long Total, long Until)> _collectors = new(StringComparer.Ordinal);
    private long _process;
    private long _processUntil = long.MinValue;

    /// <summary>Ticks in which nothing could be heard from a collector.</summary>
    public long Of(string collector) => _process + (_collectors.Count == 0 ? 0 : _collectors.GetValueOrDefault(collector).Total);

    /// <summary>Counts an outage; what was counted before is not counted again.</summary>
    /// <param name="outage">The outage.</param>
    /// <param name="before">The shard clock before it: up to here the process was up.</param>
    /// <param name="clock">The shard clock at it: from here on all is well.</param>
    public void Add(Outage outage, long before, long clock)
    {
        long from = outage.From.UtcTicks;
        if (outage.Collector == Outage.Process)
        {
            _process += Math.Max(0, clock - Math.Max(before, from));
            _processUntil = clock;
            return;
        }

        if (!_collectors.TryGetValue(outage.Collector, out (long Total, long Until) known))
        {
            if (_collectors.Count == MostCollectors) return;
            known.Until = long.MinValue;
        }

        long uncounted = Math.Max(from, Math.Max(known.Until, _processUntil));
        _collectors[outage.Collector] = (known.Total + Math.Max(0, clock - uncounted), clock);
    }
}
