using Streams.Engine;

namespace Streams.Host.Running;

/// <summary>Waits for the work of a run to end after it was asked to, and finds the queries that keep it from ending.</summary>
/// <param name="activity">What the shards are doing.</param>
internal sealed class StopPatience(Func<IReadOnlyList<ShardActivity>> activity)
{
    /// <summary>How long a query may take to return from an entry of the input.</summary>
    public static readonly TimeSpan ForQuery = TimeSpan.FromSeconds(2);

    /// <summary>How long a run may take to end that was stopped by a signal.</summary>
    public static readonly TimeSpan ForRun = TimeSpan.FromSeconds(4);

    /// <summary>What became of a run that did not end, as lines for the operator.</summary>
    /// <param name="stuck">What <see cref="Wait"/> has returned.</param>
    /// <param name="folder">The folder of the queries.</param>
    public static IEnumerable<string> Describe(IReadOnlyList<QueryDefinition> stuck, string folder) => stuck.Count == 0
        ?
        [
            $"error: the run did not end within {ForRun.TotalSeconds:0} s of the stop, and what was left to do was abandoned; "
                + "is its output read?",
        ]
        : stuck.Select(query =>
            $"error: the query {QueryWatcher.Name(query, folder)} did not return within {ForQuery.TotalSeconds:0} s of the stop and was "
            + "abandoned: what came after the event that it is at was not looked at; look for a loop in it");

    /// <summary>Waits.</summary>
    /// <param name="join">Waits for the work for some time and returns whether it has ended.</param>
    /// <param name="limit">How long to wait at this moment; null as long as the queries return.</param>
    /// <returns>
    /// Null when the work has ended; else the queries that do not return, none when something else keeps the work from ending.
    /// </returns>
    public IReadOnlyList<QueryDefinition>? Wait(Func<TimeSpan, bool> join, Func<TimeSpan?> limit)
    {
        IReadOnlyList<ShardActivity> before = activity();
        for (TimeSpan waited = ForQuery; !join(ForQuery); waited += ForQuery)
        {
            IReadOnlyList<ShardActivity> now = activity();
            QueryDefinition[] stuck = [.. now.Where(before.Contains).Select(shard => shard.Query).OfType<QueryDefinition>().Distinct()];
            if (stuck.Length > 0 || waited >= limit()) return stuck;
            before = now;
        }

        return null;
    }
}
