namespace Streams.Engine;

/// <summary>
/// What an engine has counted so far. Exact after <see cref="QueryEngine.Complete"/>; before, that of several shards is a moment old.
/// </summary>
/// <param name="Events">Events admitted.</param>
/// <param name="Hosts">Hosts that have sent something.</param>
/// <param name="HostsBeyondCap">Hosts that share a state because there are too many.</param>
/// <param name="Late">
/// Events that arrived after the watermark of their host had passed them: sequences and windows may have missed them.
/// </param>
/// <param name="Queries">By query, in the order of their names.</param>
public sealed record EngineStatistics(
    long Events, int Hosts, long HostsBeyondCap, long Late, IReadOnlyDictionary<string, QueryStatistics> Queries)
{
    /// <summary>Events at which something failed that is not a query, by cause: <c>faulty.decode</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Faulty { get; init; } = [];

    /// <summary>Alerts that started, of all queries.</summary>
    public long Alerts => Queries.Values.Sum(q => q.Alerts);

    /// <summary>Alerts that have started and not ended, of all queries.</summary>
    public long OpenAlerts => Queries.Values.Sum(q => q.OpenAlerts);
}

/// <summary>What was counted for one query.</summary>
/// <param name="Alerts">Alerts that started.</param>
/// <param name="OpenAlerts">Alerts that have started and not ended.</param>
/// <param name="Faults">How often it threw.</param>
/// <param name="Quarantined">For how many hosts it gets no events; one more when it gets none at all.</param>
/// <param name="CapsHit">How often an operator or the table of open alerts had no room; what then happens stands at each operator.</param>
/// <param name="Held">Keys, terms and partial matches that its operators hold.</param>
/// <param name="Late">
/// Elements that arrived after the watermark had passed them, at an operator that therefore did not count them.
/// </param>
public sealed record QueryStatistics(
    long Alerts, long OpenAlerts, long Faults, long Quarantined, long CapsHit, long Held, long Late);
