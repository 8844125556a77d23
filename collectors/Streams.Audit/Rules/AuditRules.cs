using Microsoft.Extensions.Logging;
using Streams.Audit.Netlink;

namespace Streams.Audit.Rules;

/// <summary>
/// Keeps the configured rules loaded. At the start the loaded rules are made the configured ones; what others add later stays and is
/// reported, and what others remove is reported and, unless the option says otherwise, loaded again. Rules are added before others are
/// removed, so that nothing is unwatched in between.
/// </summary>
/// <remarks>
/// Where another process is the audit daemon, or audit is locked, nothing of theirs is removed. The sources are read again at each check.
/// Not for several threads, but for <see cref="State"/>.
/// </remarks>
public sealed class AuditRules : IAuditRules
{
    private readonly RuleEnvironment _environment;
    private readonly bool _repair;
    private readonly Func<int, bool> _hasProcess;
    private readonly IReadOnlyList<AuditRule> _self;
    private readonly DesiredRules _desired;
    private readonly RuleLoading _loading;
    private readonly RepairLimit _repairs;
    private readonly Reminder _missingAgain;
    private readonly Reminder _hidingAgain;
    private readonly HashSet<AuditRule> _knownForeign = [];
    private readonly HashSet<AuditRule> _knownMissing = [];
    private readonly HashSet<AuditRule> _ofOwner = [];
    private RulesState _state = new();
    private bool _isMisplaced;
    private bool _waitsForRepair;

    /// <summary>Rules of this host.</summary>
    /// <param name="sources">Where they are written.</param>
    /// <param name="environment">What they depend on beside their text.</param>
    /// <param name="repair">Whether what is missing is loaded again.</param>
    /// <param name="time">The clock of repairs and reminders.</param>
    /// <param name="log">The log.</param>
    public AuditRules(RuleSources sources, RuleEnvironment environment, bool repair, TimeProvider time, ILogger log)
        : this(sources, environment, repair, time, log, Environment.ProcessId, pid => Directory.Exists($"/proc/{pid}"), isGuarded: true)
    {
    }

    internal AuditRules(
        RuleSources sources, RuleEnvironment environment, bool repair, TimeProvider time, ILogger log, int pid,
        Func<int, bool>? hasProcess = null, bool isGuarded = false)
    {
        _environment = environment;
        _repair = repair;
        _hasProcess = hasProcess ?? (_ => false);
        _self = isGuarded ? SelfRules.Of(pid, environment) : SelfRules.Exclusion(pid, environment);
        _desired = new DesiredRules(sources, environment, _self, log);
        _loading = new RuleLoading(environment, log);
        _repairs = new RepairLimit("audit rules", time);
        _missingAgain = new Reminder(time);
        _hidingAgain = new Reminder(time);
    }

    /// <inheritdoc/>
    public RulesState State => Volatile.Read(ref _state);

    /// <inheritdoc/>
    public bool NeedCheck()
    {
        bool haveChanged = _desired.HaveChanged();
        return haveChanged || (_waitsForRepair && _repairs.IsAllowed);
    }

    /// <inheritdoc/>
    public void Load(IKernelRules kernel, AuditReports reports)
    {
        Read(reports);
        bool isLocked = kernel.IsLocked || !TryChange(() => LoadAll(kernel, reports), kernel);
        if (isLocked) Compare(kernel, reports, isLocked);
        else Publish(kernel.List(), isLocked: false);
    }

    /// <inheritdoc/>
    public void Check(IKernelRules kernel, AuditReports reports)
    {
        IReadOnlyList<AuditRule>? before = _desired.AreRead ? _desired.Rules : null;
        bool hasChanged = Read(reports) && before is not null;
        bool isLocked = kernel.IsLocked;
        if (hasChanged) isLocked = isLocked || !TryChange(() => Change(before!, kernel, reports), kernel);
        if (hasChanged && isLocked) Postpone(before!, reports);
        Compare(kernel, reports, isLocked);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Release(IKernelRules kernel) =>
        kernel.IsLocked ? [] : kernel.DeleteEach([.. kernel.List().Where(_self.Contains)], _environment.Machine);

    private bool Read(AuditReports reports)
    {
        if (!_desired.Read(reports)) return false;
        _loading.KeepOnly(_desired.Rules.ToHashSet());
        return true;
    }

    private void LoadAll(IKernelRules kernel, AuditReports reports)
    {
        RuleDifference difference = RuleDifference.Between(_desired.Rules, kernel.List());
        bool removes = !kernel.HasOtherOwner;
        int added = _loading.Run(difference.Steps, kernel, reports);
        int removed = removes ? _loading.Remove(difference.Foreign, kernel, reports) : 0;
        if (!removes)
        {
            _knownForeign.UnionWith(difference.Foreign);
            _ofOwner.UnionWith(difference.Foreign);
        }

        int all = _desired.Rules.Count(rule => !_loading.IsOut(rule));
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
        catch (AuditException error) when (RuleLoading.IsOfLock(error, kernel))
        {
            return false;
        }
    }

    private void Compare(IKernelRules kernel, AuditReports reports, bool isLocked)
    {
        IReadOnlyList<AuditRule> loaded = kernel.List();
        RuleDifference difference = RuleDifference.Between(_desired.Rules, loaded);
        ReportForeign(difference, reports, isLocked);
        AuditRule[] missing = ReportMissing(difference, reports, isLocked);
        ReportMisplaced(difference, reports);
        if (!isLocked && Mend(difference, missing, kernel, reports)) loaded = kernel.List();
        Publish(loaded, kernel.IsLocked);
        Remind(reports);
    }

    // What is reported once is not reported again every minute: only when it has been otherwise in between.
    private void ReportForeign(RuleDifference difference, AuditReports reports, bool isLocked)
    {
        AuditRule[] others = [.. difference.Foreign.Where(rule => !isLocked || !LockedRules.IsOfEndedRun(rule, _environment, _hasProcess))];
        _knownForeign.IntersectWith(others);
        _ofOwner.IntersectWith(others);
        string[] foreign = [.. others.Where(_knownForeign.Add).Select(Text)];
        (string ofOne, string ofMany) = isLocked
            ? ("is loaded but not configured", "are loaded but not configured")
            : ("was added by somebody", "were added by somebody");
        reports.WarnOfRules("audit-rule-foreign", foreign, ofOne, ofMany, isLocked);
    }

    private AuditRule[] ReportMissing(RuleDifference difference, AuditReports reports, bool isLocked)
    {
        AuditRule[] missing = [.. difference.Missing.Where(rule => IsMissed(rule, isLocked))];
        _knownMissing.IntersectWith(missing);
        const string locked = "cannot be loaded before the next boot: audit is locked";
        (string ofOne, string ofMany) = isLocked ? (locked, locked) : ("is not loaded any more", "are not loaded any more");
        reports.WarnOfRules(
            "audit-rule-missing", [.. missing.Where(_knownMissing.Add).Select(Text)], ofOne, ofMany, isLocked);
        return missing;
    }

    private void ReportMisplaced(RuleDifference difference, AuditReports reports)
    {
        bool isMisplaced = difference.Misplaced.Count > 0;
        if (isMisplaced && !_isMisplaced)
        {
            reports.Warn(
                "audit-rules-changed",
                $"{difference.Misplaced.Count} rules are not in the order of the configuration, "
                + "which changes what is recorded and under which key");
        }

        _isMisplaced = isMisplaced;
    }

    // Without a rule the records of this process are known by its number.
    private bool IsMissed(AuditRule rule, bool isLocked) =>
        !_loading.IsOut(rule) && !(isLocked && (_self.Contains(rule) || LockedRules.WatchesNothing(rule, _environment)));

    // Neither is an act of somebody's.
    private void Postpone(IReadOnlyList<AuditRule> before, AuditReports reports)
    {
        _knownForeign.UnionWith(before.Except(_desired.Rules));
        _knownMissing.UnionWith(_desired.Rules.Except(before));
        reports.Tell("audit-rules-changed", "the configured rules changed; they take effect after the next boot: audit is locked");
    }

    private static string Changed(int added, int removed, int all)
    {
        if (added == 0 && removed == 0) return $"all {all} rules were loaded already";
        string what = removed == 0 ? $"{added} rules were loaded" : $"{added} rules were loaded and {removed} removed";
        return added == all ? what : $"{what}, so that there are {all}";
    }

    private string Text(AuditRule rule) => rule.Text(_environment.Machine);

    // Returns whether something may have been changed.
    private bool Mend(RuleDifference difference, AuditRule[] missing, IKernelRules kernel, AuditReports reports)
    {
        bool isBroken = missing.Length > 0 || difference.Misplaced.Count > 0;
        _waitsForRepair = _repair && isBroken && !_repairs.IsAllowed;
        if (_repair && isBroken && !_waitsForRepair)
        {
            TryChange(() => Repair(difference, missing, kernel, reports), kernel);
            return true;
        }

        if (_loading.Waiting.Count == 0) return false;
        RuleStep[] steps = [.. difference.Steps.Where(step => _loading.Waiting.Contains(step.Rule))];
        TryChange(() => _loading.Run(steps, kernel, reports), kernel);
        return true;
    }

    private void Repair(RuleDifference difference, AuditRule[] missing, IKernelRules kernel, AuditReports reports)
    {
        _loading.Run(difference.Steps, kernel, reports);
        AuditRule[] repaired = [.. missing.Where(rule => !_loading.IsOut(rule))];
        _knownMissing.ExceptWith(repaired);
        reports.TellOfRules("audit-repaired", [.. repaired.Select(Text)], "is loaded again", "are loaded again");
        if (difference.Misplaced.Count > 0) reports.Tell("audit-repaired", "the rules are in the order of the configuration again");
        _repairs.Add(reports);
    }

    // Rules that are not configured any more are removed; those of others stay.
    private void Change(IReadOnlyList<AuditRule> before, IKernelRules kernel, AuditReports reports)
    {
        RuleDifference difference = RuleDifference.Between(_desired.Rules, kernel.List());
        var old = new HashSet<AuditRule>(before);
        bool IsNew(AuditRule rule) => !old.Contains(rule);
        // What somebody has removed is not loaded again on the way: whether that is repaired is an option.
        int added = _loading.Run(
            [.. difference.Steps.Where(step => IsNew(step.Rule) || !difference.Missing.Contains(step.Rule))], kernel, reports);
        int removed = _loading.Remove([.. difference.Foreign.Where(old.Contains)], kernel, reports);
        reports.Tell("audit-rules-changed", $"the configured rules changed: {added} were loaded and {removed} removed");
    }

    private void Publish(IReadOnlyList<AuditRule> loaded, bool isLocked)
    {
        RuleDifference difference = RuleDifference.Between(_desired.Rules, loaded);
        ILookup<bool, AuditRule> hiding = RuleShadow.Find(_desired.Rules, loaded)
            .Where(rule => !LockedRules.IsOfEndedRun(rule, _environment, _hasProcess))
            .ToLookup(_ofOwner.Contains);
        Volatile.Write(ref _state, new RulesState
        {
            Configured = _desired.Rules.Count - _self.Count,
            Missing = [.. difference.Missing.Where(rule => !_self.Contains(rule) && IsMissed(rule, isLocked)).Select(Text)],
            Refused = [.. _loading.Refused.Select(refused => (Text(refused.Key), refused.Value))],
            Wrong = [.. _desired.Errors.Select(error => error.ToString())],
            Waiting = [.. _loading.Waiting.Select(Text)],
            Hiding = [.. hiding[false].Select(Text)],
            HidingOfOwner = [.. hiding[true].Select(Text)],
            Misplaced = difference.Misplaced.Count,
            IsLocked = isLocked,
            IsRepaired = _repair,
            Repairs = _repairs.Total,
        });
    }

    // As long as something is not watched, an alert is to remain; each report is a new one when the one before has ended.
    private void Remind(AuditReports reports)
    {
        RulesState state = _state;
        string locked = state.IsLocked ? "yes" : "no";
        if (_missingAgain.IsDue(state.Missing.Count > 0))
        {
            reports.Warn(
                "audit-rule-missing", $"{state.Missing.Count} of {state.Configured} rules are still not loaded: {state.Missing[0]} …",
                ("rule", state.Missing[0]), ("missing", state.Missing.Count), ("locked", locked));
        }

        if (_hidingAgain.IsDue(state.Hiding.Count > 0))
        {
            reports.Warn(
                "audit-rule-foreign", $"a rule of others still keeps events from being recorded: {state.Hiding[0]}",
                ("rule", state.Hiding[0]), ("hiding", state.Hiding.Count), ("locked", locked));
        }
    }
}
