using Streams.Engine.Shards;

namespace Streams.Engine;

/// <summary><c>.Fleet()</c>: see all hosts as one.</summary>
public static class FleetOperator
{
    /// <summary>
    /// Makes the whole query, wherever this stands in it, one over all hosts and shards: the keys of its operators have no host of their
    /// own, and time goes by the slowest host that is not idle.
    /// </summary>
    public static IObservable<T> Fleet<T>(this IObservable<T> source)
    {
        QueryRun? run = Shard.Current.Run;
        if (run is not { IsComposing: true }) throw new InvalidOperationException("Fleet() belongs directly into From(audit => …).");
        run.BeFleet();
        return source;
    }
}
