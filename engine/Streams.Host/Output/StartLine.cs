using System.Globalization;
using Streams.Host.CommandLine;

namespace Streams.Host.Output;

/// <summary>What a live run reports when it begins.</summary>
internal static class StartLine
{
    /// <summary>
    /// How many queries run, which of them still learn and until when; then which cannot fire here and why, a reason a line.
    /// </summary>
    /// <param name="queries">How many run.</param>
    /// <param name="mistakes">How many mistakes in the queries keep some from running.</param>
    /// <param name="learning">The queries that learn, and until when.</param>
    /// <param name="cannotFire">The queries that cannot fire, and why.</param>
    public static IEnumerable<string> Render(
        int queries,
        int mistakes,
        IReadOnlyList<(string Query, DateTimeOffset Until)> learning,
        IReadOnlyList<(string Query, string Reason)> cannotFire)
    {
        string line = string.Create(CultureInfo.InvariantCulture, $"{queries} {(queries == 1 ? "query" : "queries")}");
        if (mistakes > 0) line += $"; others do not run: {Quantity.Of(mistakes, "mistake")}, see above";
        if (learning.Count > 0)
        {
            IEnumerable<string> groups = learning
                .GroupBy(query => query.Until)
                .OrderBy(group => group.Key)
                .Select(group => $"{Names(group.Select(query => query.Query))} until {Times.Format(group.Key)}");
            line += $"; learning, so silent: {string.Join("; ", groups)}";
        }

        yield return line;
        foreach (IGrouping<string, string> group in cannotFire.GroupBy(query => query.Reason, query => query.Query))
            yield return $"cannot fire here: {Names(group)}: {group.Key}";
    }

    private static string Names(IEnumerable<string> queries) => string.Join(", ", queries.Order(StringComparer.Ordinal));
}
