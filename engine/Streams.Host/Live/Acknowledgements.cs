using Streams.Events.Input;

namespace Streams.Host.Live;

/// <summary>
/// Tells the collectors how many of their events are dealt with: the queries have seen them, and the alerts that the queries had given out
/// by then stand on standard output. Alerts that wait for another destination are in memory only. With several shards, events that a shard
/// has yet to come to count as seen.
/// </summary>
/// <param name="collectors">The collectors; their names differ.</param>
internal sealed class Acknowledgements(IReadOnlyList<ICollector> collectors)
{
    private readonly Lock _gate = new();
    private readonly long[] _seen = new long[collectors.Count];
    private long _said;
    private long _written;

    // What the queries have seen and whose alerts are on their way. The second grows until the first is out: under a steady stream of
    // alerts there is no moment at which all are.
    private Mark? _first;
    private Mark? _second;

    /// <summary>An alert is about to be given out.</summary>
    public void Said() => Interlocked.Increment(ref _said);

    /// <summary>The queries have seen a batch. One thread calls this and <see cref="Settle"/>.</summary>
    public void Seen(Batch batch)
    {
        if (batch.Events.IsEmpty) return;
        string name = batch.Events.Span[0].Collector;
        for (int i = 0; i < _seen.Length; i++)
        {
            if (collectors[i].Name == name) _seen[i] += batch.Events.Length;
        }
    }

    /// <summary>Acknowledges what was seen so far, as soon as its alerts are out.</summary>
    public void Settle()
    {
        lock (_gate)
        {
            long said = Interlocked.Read(ref _said);
            if (said <= _written)
            {
                (_first, _second) = (null, null);
                Acknowledge(_seen);
                return;
            }

            var mark = new Mark(said, [.. _seen]);
            if (_first is null) _first = mark;
            else _second = mark;
        }
    }

    /// <summary>So many alerts have been written, or dropped for want of room; from any thread.</summary>
    public void Written(long alerts)
    {
        lock (_gate)
        {
            _written = alerts;
            while (_first is not null && _first.Said <= alerts)
            {
                Acknowledge(_first.Seen);
                (_first, _second) = (_second, null);
            }
        }
    }

    private void Acknowledge(long[] seen)
    {
        for (int i = 0; i < seen.Length; i++) collectors[i].Acknowledge(seen[i]);
    }

    private sealed record Mark(long Said, long[] Seen);
}
