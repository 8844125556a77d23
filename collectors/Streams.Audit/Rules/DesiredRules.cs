using Microsoft.Extensions.Logging;
using Streams.Audit.Netlink;

namespace Streams.Audit.Rules;

/// <summary>
/// The rules that should be loaded, as they were read last. What the sources get wrong at the start is left out; a change that is wrong
/// changes nothing until it is corrected. Not for several threads.
/// </summary>
internal sealed partial class DesiredRules(
    RuleSources sources, RuleEnvironment environment, IReadOnlyList<AuditRule> self, ILogger log)
{
    private readonly HashSet<RuleProblem> _known = [];
    private readonly RuleFileChanges _changes = new(sources);
    private HashSet<RuleProblem> _accepted = [];
    private RuleSettings? _settings;
    private bool _isKept;

    /// <summary>The rules, each list in the order in which it is to be matched; those that keep this process out go first.</summary>
    public IReadOnlyList<AuditRule> Rules { get; private set; } = [];

    /// <summary>What is wrong in the sources as they are now; the rules in question are not among <see cref="Rules"/>.</summary>
    public IReadOnlyList<RuleProblem> Errors { get; private set; } = [];

    /// <summary>Whether they have been read.</summary>
    public bool AreRead => _settings is not null;

    /// <summary>Whether the files have changed since they were read.</summary>
    public bool HaveChanged() => _changes.Look();

    /// <summary>Reads the sources.</summary>
    /// <returns>Whether the rules are other ones than before.</returns>
    public bool Read(AuditReports reports)
    {
        _changes.MarkRead();
        RuleSet set = sources.Read(environment, out _);
        _known.IntersectWith(set.Problems);
        foreach (RuleProblem problem in set.Problems.Where(_known.Add)) Tell(problem, reports);
        Errors = [.. set.Problems.Where(problem => problem.IsError)];

        // Lines move when others are written before them.
        HashSet<RuleProblem> errors = [.. Errors.Select(problem => problem with { Line = 0, Column = 0 })];
        bool isFirst = !AreRead;
        if (!isFirst && !errors.IsSubsetOf(_accepted))
        {
            if (!_isKept) LogKept(log);
            _isKept = true;
            return false;
        }

        _isKept = false;
        _accepted = errors;
        if (!isFirst && set.Settings != _settings) LogSettings(log);
        _settings = set.Settings;
        List<AuditRule> rules = [.. self, .. set.Rules.Select(rule => rule.Rule)];
        if (rules.SequenceEqual(Rules)) return false;
        Rules = rules;
        return true;
    }

    private void Tell(RuleProblem problem, AuditReports reports)
    {
        string text = problem.ToString();
        if (problem.IsError) reports.Warn("audit-rule-refused", $"{text}", ("reason", text));
        else LogProblem(log, text);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Problem}")]
    private static partial void LogProblem(ILogger log, string problem);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "keeping the previous rules: the new ones are invalid; correct them to have them loaded")]
    private static partial void LogKept(ILogger log);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "the options of the rule files (-b, -e, -f, -r, --backlog_wait_time) changed; they take effect at the next start")]
    private static partial void LogSettings(ILogger log);
}
