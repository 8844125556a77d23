namespace Streams.Host.Live;

/// <summary>Whether a live run does what it is there for, and if not, why.</summary>
/// <param name="Reasons">What is wrong, each in a sentence; nothing when all is well.</param>
internal sealed record Health(IReadOnlyList<string> Reasons)
{
    private static readonly TimeSpan Stale = TimeSpan.FromSeconds(15);

    /// <summary>Whether nothing is wrong.</summary>
    public bool IsGood => Reasons.Count == 0;

    /// <summary>Looks at the figures of two moments.</summary>
    /// <param name="now">The newest figures; null while there are none.</param>
    /// <param name="before">Those of about a minute before; null when it has not run so long.</param>
    /// <param name="elapsed">How long the run has been going on.</param>
    public static Health Of(LiveFigures? now, LiveFigures? before, TimeSpan elapsed)
    {
        if (now is null) return new Health(["The run has not begun to admit events."]);
        var reasons = new List<string>();
        if (elapsed - now.Elapsed > Stale)
            reasons.Add(FormattableString.Invariant($"The queries have not come on for {(elapsed - now.Elapsed).TotalSeconds:0} s."));
        long lost = now.Lost - (before?.Lost ?? 0);
        if (lost > 0) reasons.Add(FormattableString.Invariant($"{lost} records were lost in the last minute."));
        foreach ((string query, Engine.QueryStatistics counted) in now.Engine.Queries)
        {
            if (counted.Quarantined > 0) reasons.Add($"The query {query} is in quarantine.");
        }

        foreach ((string output, IReadOnlyList<KeyValuePair<string, long>> counters) in now.Outputs)
        {
            long dropped = Dropped(counters) - (before?.Outputs.Where(o => o.Name == output).Sum(o => Dropped(o.Counters)) ?? 0);
            if (dropped > 0) reasons.Add(FormattableString.Invariant($"The output {output} has dropped {dropped} alerts in the last minute."));
        }

        return new Health(reasons);
    }

    private static long Dropped(IReadOnlyList<KeyValuePair<string, long>> counters) => counters.Where(c => c.Key == "dropped").Sum(c => c.Value);
}
