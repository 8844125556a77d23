using System.Globalization;
using Streams.Engine;
using Streams.Host.Live;
using Streams.Host.Output;

namespace Streams.Host.Telemetry;

/// <summary>Whether a live run does what it is there for, and why that is said.</summary>
/// <param name="Reasons">What is wrong, each in a sentence; nothing when all is well.</param>
/// <param name="Facts">What is well, each in a sentence.</param>
internal sealed record Health(IReadOnlyList<string> Reasons, IReadOnlyList<string> Facts)
{
    private static readonly TimeSpan Stale = TimeSpan.FromSeconds(15);

    /// <summary>Whether nothing is wrong.</summary>
    public bool IsGood => Reasons.Count == 0;

    /// <summary>The same as lines of text: <c>ok</c> and what is well, or what is wrong.</summary>
    public string Text => string.Concat((IsGood ? Facts.Prepend("ok") : Reasons).Select(line => line + "\n"));

    /// <summary>Looks at the figures of two moments.</summary>
    /// <param name="now">The newest figures; null while there are none.</param>
    /// <param name="before">Those of about a minute before; null when it has not run so long.</param>
    /// <param name="elapsed">How long the run has been going on.</param>
    public static Health Of(LiveFigures? now, LiveFigures? before, TimeSpan elapsed)
    {
        if (now is null) return new Health(["The run has not begun to admit events."], []);
        var reasons = new List<string>();
        TimeSpan silence = elapsed - now.Elapsed;
        if (silence > Stale) reasons.Add(Invariant($"The queries have not come on for {silence.TotalSeconds:0} s."));
        if (now.Starting.Count > 0) reasons.Add($"Not watching yet: {string.Join(", ", now.Starting)}.");
        foreach ((string name, string reason) in now.Ended)
            reasons.Add($"The {name} collector cannot go on: {TerminalText.Escape(reason, 2000)}.");
        long lost = now.Lost - (before?.Lost ?? 0);
        if (lost > 0) reasons.Add(Invariant($"{lost} records were lost in the last minute."));
        foreach ((string query, QueryStatistics counted) in now.Engine.Queries)
        {
            if (counted.Quarantined > 0) reasons.Add($"The query {query} is in quarantine: it failed too often and gets no more events.");
        }

        foreach ((string output, IReadOnlyList<KeyValuePair<string, long>> counters) in now.Outputs)
        {
            AddUndelivered(reasons, output, counters, before?.Outputs.FirstOrDefault(o => o.Name == output).Counters);
        }

        return new Health(reasons, FactsOf(now));
    }

    private static void AddUndelivered(
        List<string> reasons,
        string output,
        IReadOnlyList<KeyValuePair<string, long>> now,
        IReadOnlyList<KeyValuePair<string, long>>? before)
    {
        string what = output == "record" ? "entries" : "alerts";
        long dropped = Count(now, "dropped") - Count(before, "dropped");
        if (dropped > 0) reasons.Add(Invariant($"The output {output} has dropped {dropped} {what} in the last minute."));
        long failed = Count(now, "failed") - Count(before, "failed");
        if (failed > 0) reasons.Add(Invariant($"The output {output} has refused {failed} {what} in the last minute."));
    }

    private static string[] FactsOf(LiveFigures now) =>
    [
        $"Watching by {string.Join(" and ", now.Collectors.Select(c => c.Name))}.",
        Invariant($"{now.Engine.Queries.Count} queries have seen {now.Engine.Events} events; none is in quarantine."),
        "No record was lost and no alert dropped in the last minute.",
    ];

    private static long Count(IReadOnlyList<KeyValuePair<string, long>>? counters, string name) =>
        counters?.Where(c => c.Key == name).Sum(c => c.Value) ?? 0;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
