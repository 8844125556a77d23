using Streams.Audit.Rules;
using Streams.Engine;
using Streams.Events;
using Streams.Events.Input;
using Streams.Files.Watching;

namespace Streams.Host.Reach;

/// <summary>
/// Which queries cannot fire, as none of the events that they read can come. A query that reads several kinds of events can fire as long as
/// one of them can come.
/// </summary>
internal static class QueryReach
{
    /// <summary>Finds them.</summary>
    /// <param name="queries">The queries.</param>
    /// <param name="watched">What is watched.</param>
    /// <param name="pathsOf">The paths that a query compares a file event's path with; none when they are not known.</param>
    /// <returns>Each with the reason, the rest of a sentence.</returns>
    public static IReadOnlyList<(string Query, string Reason)> CannotFire(
        IReadOnlyList<QueryDefinition> queries, Watched watched, Func<QueryDefinition, IReadOnlyList<string>> pathsOf)
    {
        Subscribe(queries);
        var found = new List<(string, string)>();
        foreach (QueryDefinition query in queries)
        {
            string? missing = MissingRules(query, watched);
            string?[] reasons = [.. query.Sources.Select(source => Reason(source, watched, missing, () => pathsOf(query)))];
            if (reasons.Length > 0 && reasons.All(reason => reason is not null)) found.Add((query.Name, reasons[0]!));
        }

        return found;
    }

    // What a query reads is known when it has been subscribed, which an engine does with its first input.
    private static void Subscribe(IReadOnlyList<QueryDefinition> queries)
    {
        using var engine = new QueryEngine(new EngineOptions(), queries, static _ => { });
        engine.Admit(new Tick(DateTimeOffset.UnixEpoch));
    }

    private static string? Reason(QuerySource source, Watched watched, string? missing, Func<IReadOnlyList<string>> paths) =>
        source.Kind switch
        {
            EventKind.Audit => AuditReason(source, watched, missing),
            EventKind.File => watched.NoFiles ?? PathReason(paths(), watched),
            EventKind.ProcessSnapshot => watched.NoAudit ?? (watched.IsLog ? "a log has no snapshot of processes" : null),
            EventKind.Document when source.Actions.Count > 0 && source.Actions.All(IsOfAudit) =>
                watched.NoAudit ?? (watched.IsLog ? "a log is followed, not the kernel's audit" : null),
            _ => null,
        };

    private static bool IsOfAudit(string action) => action.StartsWith("audit-", StringComparison.Ordinal);

    private static string? AuditReason(QuerySource source, Watched watched, string? missing)
    {
        if (watched.NoAudit is not null) return watched.NoAudit;
        if (watched is not { Rules: { } rules, Environment: { } environment }) return null;
        if (source.Syscalls.Count > 0)
        {
            // A query that reads each call that the rules about this process record is about these rules, whatever else is configured.
            if (watched.IsGuarded && SelfRules.GuardedCalls.All(source.Syscalls.Contains)) return null;
            if (missing is not null) return missing;
            return source.Syscalls.Any(call => RuleReach.Records(rules, environment.Machine, call))
                ? null
                : $"no configured audit rule records {Names(source.Syscalls)}";
        }

        return source.Records.Count > 0 && source.Records.All(type => RuleReach.Excludes(rules, type))
            ? "the audit rules exclude " + Names([.. source.Records.Select(type => RecordTypeName(type))])
            : null;
    }

    private static string RecordTypeName(Events.Tables.RecordType type) => Events.Tables.RecordTypes.Name(type);

    private static string? PathReason(IReadOnlyList<string> paths, Watched watched) =>
        paths.Count > 0 && !paths.Any(watched.Paths.Reach)
            ? $"{Names(paths)} is not among collectors.files.paths"
            : null;

    // The rules that a query names, if none of them is configured, nor one that records something of what they would.
    private static string? MissingRules(QueryDefinition query, Watched watched)
    {
        if (watched is not { Rules: { } rules, Environment: { } environment }) return null;
        AuditRule[] needed =
        [
            .. RuleReader.Read(string.Join('\n', query.Rules), "rules", environment).Rules.Select(rule => rule.Rule),
        ];
        if (needed.Length == 0 || needed.Any(one => rules.Any(rule => RuleReach.Meets(rule, one, environment.Machine)))) return null;
        return $"its audit rules are not configured: {needed[0].Text(environment.Machine)}"
            + (needed.Length > 1 ? $" and {needed.Length - 1} more" : "");
    }

    private static string Names(IReadOnlyList<string> names)
    {
        const int shown = 3;
        return string.Join(", ", names.Take(shown)) + (names.Count > shown ? " …" : "");
    }
}
