using System.Globalization;
using Streams.Engine;
using Streams.Host.CommandLine;
using Streams.Host.Live;
using Streams.Host.Output;

namespace Streams.Host.Telemetry;

/// <summary>Whether a live run does what the configuration asks for, and why not.</summary>
/// <param name="Reasons">What is wrong, each in a sentence; nothing when all is well.</param>
/// <param name="Notes">What is not watched, or not reported yet, though nothing is wrong, each in a sentence.</param>
/// <param name="Facts">What is well, each in a sentence.</param>
internal sealed record Health(IReadOnlyList<string> Reasons, IReadOnlyList<string> Notes, IReadOnlyList<string> Facts)
{
    // As many scripts are named; the others are counted.
    private const int Named = 5;

    private const int LongestText = 2000;

    private static readonly TimeSpan Stale = TimeSpan.FromSeconds(15);

    /// <summary>Whether nothing is wrong.</summary>
    public bool IsGood => Reasons.Count == 0;

    /// <summary>The same as lines of text: <c>ok</c> and what is well, or what is wrong; then the notes.</summary>
    public string Text
    {
        get
        {
            IEnumerable<string> lines = IsGood ? Facts.Prepend("ok") : Reasons;
            return string.Concat(lines.Concat(Notes.Select(note => $"note: {note}")).Select(line => line + "\n"));
        }
    }

    /// <summary>Looks at the figures of two moments.</summary>
    /// <param name="now">The newest figures; null while there are none.</param>
    /// <param name="before">Those of about a minute before; null when it has not run so long.</param>
    /// <param name="elapsed">How long the run has been going on.</param>
    public static Health Of(LiveFigures? now, LiveFigures? before, TimeSpan elapsed)
    {
        if (now is null) return new Health(["The run has not begun to admit events."], [], []);
        var reasons = new List<string>();
        TimeSpan silence = elapsed - now.Elapsed;
        if (silence > Stale) reasons.Add(Invariant($"The queries have made no progress for {silence.TotalSeconds:0} s."));
        if (now.Starting.Count > 0) reasons.Add($"Not watching yet: {string.Join(", ", now.Starting)}.");
        reasons.AddRange(Faults(now));
        long lost = now.Lost - (before?.Lost ?? 0);
        if (lost > 0) reasons.Add($"{Quantity.Of(lost, "record")} {(lost == 1 ? "was" : "were")} lost in the last minute.");
        foreach ((string output, IReadOnlyList<KeyValuePair<string, long>> counters) in now.Outputs)
        {
            AddUndelivered(reasons, output, counters, before?.Outputs.FirstOrDefault(o => o.Name == output).Counters);
        }

        return new Health(reasons, [.. NotesOf(now), .. FaultyNote(now.Faulty - (before?.Faulty ?? 0))], FactsOf(now));
    }

    /// <summary>What is wrong at this moment, whatever was before: it stays wrong until somebody acts.</summary>
    public static IEnumerable<string> Faults(LiveFigures now)
    {
        foreach ((string name, string reason) in now.Ended) yield return $"The {name} collector cannot go on: {Shown(reason)}.";
        foreach ((string _, bool isFault, string text) in now.Conditions)
        {
            if (isFault) yield return Shown(text);
        }

        foreach (string error in now.NotCompiled.Take(Named)) yield return $"A query does not run: {Shown(error)}.";
        if (now.NotCompiled.Count > Named) yield return $"{now.NotCompiled.Count - Named} more mistakes in the queries.";
        foreach ((string query, QueryStatistics counted) in now.Engine.Queries)
        {
            if (counted.Quarantined > 0)
                yield return $"The query {query} is in quarantine: it failed too often and gets no more events.";
        }
    }

    private static IEnumerable<string> NotesOf(LiveFigures now)
    {
        foreach ((string _, bool isFault, string text) in now.Conditions)
        {
            if (!isFault) yield return Shown(text);
        }

        foreach (IGrouping<string, string> queries in now.CannotFire.GroupBy(query => query.Reason, query => query.Query))
            yield return $"Cannot fire here: {string.Join(", ", queries)}: {Shown(queries.Key)}.";
        if (now.Learning.Count > 0)
        {
            IEnumerable<string> queries = now.Learning.Select(query => $"{query.Query} until {Times.Format(query.Until)}");
            yield return $"Learning, so silent: {string.Join(", ", queries)}.";
        }
    }

    // They are there and have been seen in part: nothing is lost, and an operator should look.
    private static IEnumerable<string> FaultyNote(long faulty)
    {
        if (faulty > 0)
            yield return $"Streams failed at {Quantity.Of(faulty, "event")} in the last minute and kept the records (streams.fault).";
    }

    private static void AddUndelivered(
        List<string> reasons,
        string output,
        IReadOnlyList<KeyValuePair<string, long>> now,
        IReadOnlyList<KeyValuePair<string, long>>? before)
    {
        string what = output == "record" ? "entry" : "alert";
        long dropped = Count(now, "dropped") - Count(before, "dropped");
        if (dropped > 0) reasons.Add($"The output {output} has dropped {Quantity.Of(dropped, what)} in the last minute.");
        long failed = Count(now, "failed") - Count(before, "failed");
        if (failed > 0) reasons.Add($"The output {output} has refused {Quantity.Of(failed, what)} in the last minute.");
    }

    private static string[] FactsOf(LiveFigures now) =>
    [
        $"Watching by {string.Join(" and ", now.Collectors.Select(c => c.Name))}.",
        Invariant($"{Queries(now.Engine.Queries.Count)} seen {now.Engine.Events} events; none is in quarantine."),
        "No record was lost and no alert dropped in the last minute.",
    ];

    private static string Queries(int count) => count == 1 ? "1 query has" : Invariant($"{count} queries have");

    private static long Count(IReadOnlyList<KeyValuePair<string, long>>? counters, string name) =>
        counters?.Where(c => c.Key == name).Sum(c => c.Value) ?? 0;

    private static string Shown(string text) => TerminalText.Escape(text, LongestText);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
