using Microsoft.Extensions.Logging;
using Streams.Audit.Netlink;

namespace Streams.Audit.Rules;

/// <summary>
/// Keeps the rules loaded that should be. At the start the loaded ones are made those; what others add later stays and is told, and what
/// others remove is told and, by option, loaded again. Rules are added before others are removed, so that nothing is unwatched in between.
/// </summary>
/// <remarks>
/// Where another process is the audit daemon, or audit is locked, nothing of theirs is removed. The sources are read again at each check.
/// What they get wrong at the start is left out; a change that is wrong changes nothing until it is mended. Not for several threads.
/// </remarks>
public sealed partial class AuditRules : IAuditRules
{
    private const int Enoent = 2;
    private const int Enotdir = 20;

    private readonly RuleSources _sources;
    private readonly RuleEnvironment _environment;
    private readonly bool _repair;
    private readonly ILogger _log;
    private readonly Func<int, bool> _hasProcess;
    private readonly IReadOnlyList<AuditRule> _self;
    private readonly HashSet<AuditRule> _knownForeign = [];
    private readonly HashSet<AuditRule> _knownMissing = [];
    private readonly HashSet<AuditRule> _refused = [];
    private readonly HashSet<AuditRule> _absent = [];
    private readonly HashSet<RuleProblem> _knownProblems = [];
    private readonly RuleFileChanges _changes;
    private List<AuditRule> _desired = [];
    private HashSet<RuleProblem> _accepted = [];
    private RuleSettings? _settings;
    private bool _isMisplaced;
    private bool _isKept;

    /// <summary>Rules of this host.</summary>
    /// <param name="sources">Where they are written.</param>
    /// <param name="environment">What they depend on beside their text.</param>
    /// <param name="repair">Whether what is missing is loaded again.</param>
    /// <param name="log">The log.</param>
    public AuditRules(RuleSources sources, RuleEnvironment environment, bool repair, ILogger log)
        : this(sources, environment, repair, log, Environment.ProcessId, pid => Directory.Exists($"/proc/{pid}"))
    {
    }

    internal AuditRules(
        RuleSources sources, RuleEnvironment environment, bool repair, ILogger log, int pid, Func<int, bool>? hasProcess = null)
    {
        _sources = sources;
        _environment = environment;
        _repair = repair;
        _log = log;
        _hasProcess = hasProcess ?? (_ => false);
        _self = SelfExclusion.Of(pid, environment);
        _changes = new RuleFileChanges(sources);
    }

    /// <inheritdoc/>
    public bool HaveChanged() => _changes.Look();

    /// <inheritdoc/>
    public void Load(IKernelRules kernel, AuditReports reports)
    {
        Read(reports);
        bool isLocked = kernel.IsLocked || !TryChange(() => LoadAll(kernel, reports), kernel);
        if (isLocked) Compare(kernel, reports, isLocked);
    }

    /// <inheritdoc/>
    public void Check(IKernelRules kernel, AuditReports reports)
    {
        IReadOnlyList<AuditRule>? before = _settings is null ? null : _desired;
        bool hasChanged = Read(reports) && before is not null;
        bool isLocked = kernel.IsLocked;
        if (hasChanged) isLocked = isLocked || !TryChange(() => Change(before!, kernel, reports), kernel);
        if (hasChanged && isLocked) Postpone(before!, reports);
        Compare(kernel, reports, isLocked);
    }

    private void LoadAll(IKernelRules kernel, AuditReports reports)
    {
        RuleDifference difference = RuleDifference.Between(_desired, kernel.List());
        bool removes = !kernel.HasOtherOwner;
        int added = Run(difference.Steps, kernel, reports);
        int removed = removes ? Remove(difference.Foreign, kernel, reports) : 0;
        if (!removes) _knownForeign.UnionWith(difference.Foreign);
        int all = _desired.Count - _refused.Count - _absent.Count;
        string kept = removes ? "" : $"; {difference.Foreign.Count} of another daemon's stay";
        reports.Tell("audit-rules-changed", Changed(added, removed, all) + kept);
    }

    // False when somebody has locked audit meanwhile: the kernel refuses what is left for that reason alone.
    private static bool TryChange(Action change, IKernelRules kernel)
    {
        try
        {
            change();
            return true;
        }
        catch (AuditException error) when (IsOfLock(error, kernel))
        {
            return false;
        }
    }

    private static bool IsOfLock(AuditException error, IKernelRules kernel) => error.Number == Libc.Eperm && kernel.IsLocked;

    // What is told once is not told again every minute: only when it has been otherwise in between.
    private void Compare(IKernelRules kernel, AuditReports reports, bool isLocked)
    {
        RuleDifference difference = RuleDifference.Between(_desired, kernel.List());
        AuditRule[] others = [.. difference.Foreign.Where(rule => !isLocked || !LockedRules.IsOfEndedRun(rule, _environment, _hasProcess))];
        _knownForeign.IntersectWith(others);
        string[] foreign = [.. others.Where(_knownForeign.Add).Select(Text)];
        (string ofOne, string ofMany) = isLocked
            ? ("is loaded, but not written", "are loaded, but not written")
            : ("was added by somebody", "were added by somebody");
        reports.WarnOfRules("audit-rule-foreign", foreign, ofOne, ofMany, isLocked);

        AuditRule[] gone = [.. difference.Missing.Where(rule => IsMissed(rule, isLocked))];
        _knownMissing.IntersectWith(gone);
        string[] missing = [.. gone.Where(_knownMissing.Add).Select(Text)];
        const string locked = "cannot be loaded before the next boot: audit is locked";
        (ofOne, ofMany) = isLocked ? (locked, locked) : ("is not loaded any more", "are not loaded any more");
        reports.WarnOfRules("audit-rule-missing", missing, ofOne, ofMany, isLocked);
        bool isMisplaced = difference.Misplaced.Count > 0;
        if (isMisplaced && !_isMisplaced)
        {
            reports.Warn(
                "audit-rules-changed",
                $"{difference.Misplaced.Count} rules are not in the order of the configuration, which changes what never-rules leave out");
        }

        _isMisplaced = isMisplaced;
        if (isLocked) return;
        if (_repair && (gone.Length > 0 || isMisplaced)) TryChange(() => Repair(difference, gone, kernel, reports), kernel);
        else if (_absent.Count > 0) TryChange(() => Run([.. difference.Steps.Where(IsOfAbsent)], kernel, reports), kernel);
    }

    private bool IsOfAbsent(RuleStep step) => _absent.Contains(step.Rule);

    // Without a rule the records of this process are known by its number.
    private bool IsMissed(AuditRule rule, bool isLocked) =>
        !_refused.Contains(rule) && !_absent.Contains(rule)
        && !(isLocked && (_self.Contains(rule) || LockedRules.WatchesNothing(rule, _environment)));

    // Neither is an act of somebody's.
    private void Postpone(IReadOnlyList<AuditRule> before, AuditReports reports)
    {
        _knownForeign.UnionWith(before.Except(_desired));
        _knownMissing.UnionWith(_desired.Except(before));
        reports.Tell("audit-rules-changed", "the rules are written otherwise, which counts after the next boot: audit is locked");
    }

    private static string Changed(int added, int removed, int all)
    {
        if (added == 0 && removed == 0) return $"all {all} rules were loaded already";
        string what = removed == 0 ? $"{added} rules were loaded" : $"{added} rules were loaded and {removed} removed";
        return added == all ? what : $"{what}, so that there are {all}";
    }

    private string Text(AuditRule rule) => rule.Text(_environment.Machine);

    private void Repair(RuleDifference difference, AuditRule[] gone, IKernelRules kernel, AuditReports reports)
    {
        Run(difference.Steps, kernel, reports);
        AuditRule[] repaired = [.. gone.Where(rule => !_refused.Contains(rule) && !_absent.Contains(rule))];
        _knownMissing.ExceptWith(repaired);
        reports.TellOfRules("audit-repaired", [.. repaired.Select(Text)], "is loaded again", "are loaded again");

        if (difference.Misplaced.Count > 0) reports.Tell("audit-repaired", "the rules are in the order of the configuration again");
    }

    // Rules that are written no longer are removed; those of others stay.
    private void Change(IReadOnlyList<AuditRule> before, IKernelRules kernel, AuditReports reports)
    {
        RuleDifference difference = RuleDifference.Between(_desired, kernel.List());
        var old = new HashSet<AuditRule>(before);
        bool IsNew(AuditRule rule) => !old.Contains(rule);
        // What somebody has removed is not loaded again on the way: whether that is repaired is an option.
        int added = Run([.. difference.Steps.Where(step => IsNew(step.Rule) || difference.Misplaced.Contains(step.Rule))], kernel, reports);
        int removed = Remove([.. difference.Foreign.Where(old.Contains)], kernel, reports);
        reports.Tell("audit-rules-changed", $"the rules are written otherwise: {added} were loaded and {removed} removed");
    }

    private bool Read(AuditReports reports)
    {
        _changes.MarkRead();
        RuleSet set = _sources.Read(_environment, out _);
        _knownProblems.IntersectWith(set.Problems);
        foreach (RuleProblem problem in set.Problems.Where(_knownProblems.Add)) Tell(problem, reports);

        // Lines move when others are written before them.
        HashSet<RuleProblem> errors =
            [.. set.Problems.Where(problem => problem.IsError).Select(problem => problem with { Line = 0, Column = 0 })];
        bool isFirst = _settings is null;
        if (!isFirst && !errors.IsSubsetOf(_accepted))
        {
            if (!_isKept) LogKept(_log);
            _isKept = true;
            return false;
        }

        _isKept = false;
        _accepted = errors;
        if (!isFirst && set.Settings != _settings) LogSettings(_log);
        _settings = set.Settings;
        List<AuditRule> desired = [.. _self, .. set.Rules.Select(rule => rule.Rule)];
        if (desired.SequenceEqual(_desired)) return false;
        _desired = desired;
        _refused.IntersectWith(desired);
        _absent.IntersectWith(desired);
        return true;
    }

    private void Tell(RuleProblem problem, AuditReports reports)
    {
        string text = problem.ToString();
        if (problem.IsError) reports.Warn("audit-rule-refused", $"{text}", ("reason", text));
        else LogProblem(_log, text);
    }

    /// <returns>How many rules were added.</returns>
    private int Run(IReadOnlyList<RuleStep> steps, IKernelRules kernel, AuditReports reports)
    {
        int added = 0;
        foreach (RuleStep step in steps)
        {
            if (step.Kind == RuleStepKind.Delete) Delete(step.Rule, kernel, reports);
            else if (!_refused.Contains(step.Rule) && Add(step, kernel, reports)) added++;
        }

        return added;
    }

    private bool Add(RuleStep step, IKernelRules kernel, AuditReports reports)
    {
        AuditRule rule = step.Rule;
        string text = rule.Text(_environment.Machine);
        try
        {
            kernel.Add(rule, step.Kind == RuleStepKind.Prepend);
        }
        catch (AuditException error) when (error.Number == Libc.Eexist)
        {
            // Somebody else was faster.
        }
        catch (AuditException error) when (error.Number is Enoent or Enotdir)
        {
            // Many hosts have no /root/.ssh; it is loaded when there is something to watch.
            if (_absent.Add(rule)) LogAbsent(_log, text);
            return false;
        }
        catch (AuditException error) when (!IsOfLock(error, kernel))
        {
            _refused.Add(rule);
            reports.Warn("audit-rule-refused", $"{error.Message}: {text}", ("rule", text), ("reason", error.Message));
            return false;
        }

        if (_absent.Remove(rule)) LogPresent(_log, text);
        return true;
    }

    private int Remove(IReadOnlyList<AuditRule> rules, IKernelRules kernel, AuditReports reports)
    {
        int removed = 0;
        foreach (AuditRule rule in rules)
        {
            if (!Delete(rule, kernel, reports)) continue;
            removed++;
            if (SelfExclusion.Is(rule, _environment)) continue;
            string text = rule.Text(_environment.Machine);
            reports.Tell("audit-rules-changed", $"the rule {text} was removed, as it is not written", ("rule", text));
        }

        return removed;
    }

    private bool Delete(AuditRule rule, IKernelRules kernel, AuditReports reports)
    {
        try
        {
            kernel.Delete(rule);
            return true;
        }
        catch (AuditException error) when (error.Number == Enoent)
        {
            return true;
        }
        catch (AuditException error) when (!IsOfLock(error, kernel))
        {
            string text = rule.Text(_environment.Machine);
            reports.Warn("audit-rule-refused", $"{error.Message}: {text}", ("rule", text), ("reason", error.Message));
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Problem}")]
    private static partial void LogProblem(ILogger log, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the rules stay as they were: what is written now is wrong; mend it, and it counts")]
    private static partial void LogKept(ILogger log);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "the options of the rule files (-b, -e, -f, -r, --backlog_wait_time) are other ones now: they count at the next start")]
    private static partial void LogSettings(ILogger log);

    [LoggerMessage(Level = LogLevel.Information, Message = "there is nothing yet for the rule {Rule}; it is loaded when there is")]
    private static partial void LogAbsent(ILogger log, string rule);

    [LoggerMessage(Level = LogLevel.Information, Message = "the rule {Rule} is loaded, as there is something to watch now")]
    private static partial void LogPresent(ILogger log, string rule);
}
