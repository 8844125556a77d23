using System.Text.RegularExpressions;
using Streams.Audit.Rules;
using Streams.Engine;
using Streams.Host.Configuration;

namespace Streams.Host.Reach;

/// <summary>What queries say of themselves, checked: ATT&amp;CK techniques and audit rules; and the paths that they look for.</summary>
internal static partial class QueryNeeds
{
    /// <summary>What is wrong, with the place of the query. The queries run all the same.</summary>
    public static IEnumerable<Problem> Problems(IReadOnlyList<QueryDefinition> queries, RuleMachine? machine)
    {
        foreach (QueryDefinition query in queries)
        {
            foreach (string technique in query.Techniques.Where(technique => !Technique().IsMatch(technique)))
            {
                yield return Problem(
                    query, $"Attack(\"{technique}\"): an ATT&CK technique is T and four digits, and a sub-technique .001, as in T1059.004");
            }

            if (machine is null) continue;
            foreach (string rule in query.Rules)
            {
                RuleSet set = RuleReader.Read(rule, "rule", RuleEnvironment.OfHost(machine));
                foreach (RuleProblem mistake in set.Problems.Where(mistake => mistake.IsError))
                    yield return Problem(query, $"Rules(\"{rule}\"): {mistake.Message}");
            }
        }
    }

    /// <summary>
    /// The absolute paths that the text of a query compares a file's path with, as far as they stand there: <c>f.Path == "/etc/x"</c>,
    /// <c>f.Path.StartsWith("/opt/")</c>, <c>file.path:/opt/*</c>.
    /// </summary>
    /// <param name="query">The query.</param>
    /// <param name="all">All queries, among them those that stand behind it in its file.</param>
    /// <param name="folder">The folder of the queries.</param>
    public static IReadOnlyList<string> Paths(QueryDefinition query, IReadOnlyList<QueryDefinition> all, string folder)
    {
        if (query.File is not { } file) return [];
        string[] lines;
        try
        {
            lines = File.ReadAllLines(Path.Combine(folder, file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }

        int end = all.Where(other => other.File == file && other.Line > query.Line).Select(other => other.Line - 1)
            .DefaultIfEmpty(lines.Length).Min();
        string text = string.Join('\n', lines.Take(end).Skip(query.Line - 1));
        return
        [
            .. Compared().Matches(text).SelectMany(match => Literal().Matches(match.Value)).Select(match => match.Groups[1].Value)
                .Concat(Queried().Matches(text).Select(match => match.Groups[1].Value.Replace("\\", "", StringComparison.Ordinal)))
                .Distinct(),
        ];
    }

    private static Problem Problem(QueryDefinition query, string message) => new(query.File ?? query.Name, query.Line, 0, message);

    [GeneratedRegex(@"^T[0-9]{4}(\.[0-9]{3})?$")]
    private static partial Regex Technique();

    [GeneratedRegex("""\.Path\s*(?:\.(?:StartsWith|Equals)\s*\(|==|is)\s*"/[^"]*"(?:\s*or\s*"/[^"]*")*""")]
    private static partial Regex Compared();

    [GeneratedRegex("\"(/[^\"]*)\"")]
    private static partial Regex Literal();

    [GeneratedRegex("""file\.path:\s*(?:\\"|"")?((?:\\\\?)?/[^\s*?")]*)""")]
    private static partial Regex Queried();
}
