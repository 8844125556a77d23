using Streams.Engine;

namespace Streams.Host.Running;

/// <summary>
/// Finds queries that do not return: one that was at work whenever somebody looked, on the same entry of the input, while its thread has
/// used <see cref="Limit"/> of processor time. Not safe for several threads; <see cref="Busy"/> may be read by any.
/// </summary>
/// <param name="processorTime">The processor time that a thread has used so far; null when it is not known.</param>
internal sealed class QueryWatch(Func<int, TimeSpan?> processorTime)
{
    /// <summary>How much processor time makes a query one that does not return.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly Dictionary<int, Stretch> _stretches = [];
    private IReadOnlyList<BusyQuery> _busy = [];

    /// <summary>The queries that have not returned, by shard.</summary>
    public IReadOnlyList<BusyQuery> Busy => Volatile.Read(ref _busy);

    /// <summary>Looks at the shards.</summary>
    /// <returns>The queries that are found not to return since the last look, and those that have returned since.</returns>
    public (IReadOnlyList<BusyQuery> Found, IReadOnlyList<BusyQuery> Returned) Look(IReadOnlyList<ShardActivity> shards)
    {
        var busy = new List<BusyQuery>();
        foreach (ShardActivity shard in shards)
        {
            if (Continue(shard) is { } found) busy.Add(found);
        }

        IReadOnlyList<BusyQuery> before = _busy;
        Volatile.Write(ref _busy, busy);
        return ([.. busy.Where(now => !before.Any(now.IsSame))], [.. before.Where(then => !busy.Exists(then.IsSame))]);
    }

    private BusyQuery? Continue(ShardActivity shard)
    {
        if (shard.Query is null || processorTime(shard.Thread) is not { } time)
        {
            _stretches.Remove(shard.Shard);
            return null;
        }

        if (!_stretches.TryGetValue(shard.Shard, out Stretch? stretch) || stretch.Activity != shard)
        {
            _stretches[shard.Shard] = new Stretch(shard, time);
            return null;
        }

        TimeSpan used = time - stretch.Since;
        return used < Limit ? null : new BusyQuery(shard, used);
    }

    private sealed record Stretch(ShardActivity Activity, TimeSpan Since);
}

/// <summary>A query that does not return.</summary>
/// <param name="Activity">What its shard is doing.</param>
/// <param name="Used">The processor time that it has used so far.</param>
internal sealed record BusyQuery(ShardActivity Activity, TimeSpan Used)
{
    /// <summary>The query.</summary>
    public QueryDefinition Query => Activity.Query!;

    /// <summary>Whether the other one is the same, at another moment.</summary>
    public bool IsSame(BusyQuery other) => Activity == other.Activity;
}
