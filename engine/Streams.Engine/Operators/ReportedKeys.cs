using Streams.Engine.Shards;

namespace Streams.Engine;

/// <summary>
/// The keys that were reported not long ago: what arrives late and occurred less than a period from there needs no alert of its own. They
/// are forgotten a period, at most ten minutes, later.
/// </summary>
internal sealed class ReportedKeys<TKey> : IKeyedOwner<TKey, ReportedKeys<TKey>.Reported>, IHolds
{
    private static readonly long MaxMemory = TimeSpan.FromMinutes(10).Ticks;

    private readonly KeyedState<TKey, Reported> _keys;
    private readonly Action _countCap;
    private readonly long _period;

    public ReportedKeys(QueryRun run, Action countCap, Scope scope, long period, int maxKeys)
    {
        Run = run;
        _countCap = countCap;
        _period = period;
        _keys = new(this, scope, maxKeys);
    }

    public QueryRun Run { get; }

    public int Count => _keys.Count;

    /// <summary>Whether something of the key was reported less than a period from this time.</summary>
    public bool Contains(TKey key, long time) =>
        _keys.Find(key) is { } known && known.First - time < _period && time - known.Last < _period;

    /// <summary>Something of the key was reported that occurred at this time.</summary>
    public void Add(TKey key, long time, long watermark)
    {
        Reported? known = _keys.Find(key);
        if (known is null)
        {
            known = new Reported(key) { First = time, Last = time };
            _keys.Add(known);
        }
        else
        {
            // One range as long as it has no gap; else the newer report.
            bool isNear = known.First - time < 2 * _period && time - known.Last < 2 * _period;
            known.First = isNear ? Math.Min(known.First, time) : time;
            known.Last = isNear ? Math.Max(known.Last, time) : time;
        }

        _keys.SetDue(known, watermark + Math.Min(_period, MaxMemory));
    }

    public void CountCap() => _countCap();

    public void OnDue(KeyedState<TKey, Reported> state, Reported entry, long due) => state.Remove(entry);

    public void OnEvicted(KeyedState<TKey, Reported> state, Reported entry)
    {
    }

    internal sealed class Reported(TKey key) : Keyed<TKey>(key)
    {
        public long First { get; set; }

        public long Last { get; set; }
    }
}
