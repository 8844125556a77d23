using Streams.Engine;

namespace Streams.Host.Output;

/// <summary>The queries as a list: name, severity, what they look for; below each its techniques and the audit rules it needs.</summary>
internal static class QueryList
{
    /// <summary>The list, the last line with its end.</summary>
    public static string Render(IReadOnlyList<QueryDefinition> queries, bool colour)
    {
        var ink = new Ink(colour);
        int name = Widest(queries, query => query.Name.Length);
        foreach (QueryDefinition query in queries)
        {
            ink.Add(query.Name.PadRight(name), Ink.Bold).Add("  ")
                .Add($"{query.Severity.ToString().ToLowerInvariant(),-8}", Ink.Of(query.Severity)).Add("  ")
                .Add(TerminalText.Escape(query.Description)).Add(query.IsVolatile ? " (volatile)" : "").Line();
            if (query.Techniques.Count > 0) ink.Add("    ").Add(Techniques(query), Ink.Faint).Line();
            foreach (string rule in query.Rules) ink.Add("    ").Add(TerminalText.Escape(rule), Ink.Faint).Line();
            if (query.Rules.Count == 0) ink.Add("    needs no audit rule", Ink.Faint).Line();
        }

        return ink.ToString();
    }

    private static string Techniques(QueryDefinition query) =>
        string.Join(" · ", query.Techniques.Select(technique => TerminalText.Escape(technique)));

    private static int Widest(IReadOnlyList<QueryDefinition> queries, Func<QueryDefinition, int> width) =>
        queries.Count == 0 ? 0 : queries.Max(width);
}
