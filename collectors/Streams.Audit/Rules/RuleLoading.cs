using Microsoft.Extensions.Logging;
using Streams.Audit.Netlink;

namespace Streams.Audit.Rules;

/// <summary>
/// Adds rules to the kernel and removes them, one request each, and remembers which ones it refuses and which have nothing to watch yet.
/// Not for several threads.
/// </summary>
internal sealed partial class RuleLoading(RuleEnvironment environment, ILogger log)
{
    private const int Enoent = 2;
    private const int Enotdir = 20;

    private readonly Dictionary<AuditRule, string> _refused = [];
    private readonly HashSet<AuditRule> _waiting = [];

    /// <summary>Rules that the kernel refuses, and why.</summary>
    public IReadOnlyDictionary<AuditRule, string> Refused => _refused;

    /// <summary>Rules about files and folders that are not there yet.</summary>
    public IReadOnlyCollection<AuditRule> Waiting => _waiting;

    /// <summary>Whether a rule cannot be loaded at present, whoever tries.</summary>
    public bool IsOut(AuditRule rule) => _refused.ContainsKey(rule) || _waiting.Contains(rule);

    /// <summary>Forgets what it knows of all other rules.</summary>
    public void KeepOnly(IReadOnlyCollection<AuditRule> rules)
    {
        foreach (AuditRule rule in _refused.Keys.Except(rules).ToArray()) _refused.Remove(rule);
        _waiting.IntersectWith(rules);
    }

    /// <summary>Goes the steps, as far as the kernel lets it.</summary>
    /// <returns>How many rules were added.</returns>
    /// <exception cref="AuditException">The rules have been locked.</exception>
    public int Run(IReadOnlyList<RuleStep> steps, IKernelRules kernel, AuditReports reports)
    {
        int added = 0;
        foreach (RuleStep step in steps)
        {
            if (step.Kind == RuleStepKind.Delete) Delete(step.Rule, kernel, reports);
            else if (!_refused.ContainsKey(step.Rule) && Add(step, kernel, reports)) added++;
        }

        return added;
    }

    /// <summary>Removes rules, and reports each.</summary>
    /// <returns>How many were removed.</returns>
    /// <exception cref="AuditException">The rules have been locked.</exception>
    public int Remove(IReadOnlyList<AuditRule> rules, IKernelRules kernel, AuditReports reports)
    {
        int removed = 0;
        foreach (AuditRule rule in rules)
        {
            if (!Delete(rule, kernel, reports)) continue;
            removed++;
            if (SelfRules.Is(rule, environment)) continue;
            string text = Text(rule);
            reports.Tell("audit-rules-changed", $"the rule {text} was removed, as it is not configured", ("rule", text));
        }

        return removed;
    }

    /// <summary>Whether the kernel refused something because the rules are locked, and for no other reason.</summary>
    public static bool IsOfLock(AuditException error, IKernelRules kernel) => error.Number == Libc.Eperm && kernel.IsLocked;

    private bool Add(RuleStep step, IKernelRules kernel, AuditReports reports)
    {
        AuditRule rule = step.Rule;
        string text = Text(rule);
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
            if (_waiting.Add(rule)) LogWaiting(log, text);
            return false;
        }
        catch (AuditException error) when (!IsOfLock(error, kernel))
        {
            _refused[rule] = error.Message;
            reports.Warn("audit-rule-refused", $"{error.Message}: {text}", ("rule", text), ("reason", error.Message));
            return false;
        }

        if (_waiting.Remove(rule)) LogPresent(log, text);
        return true;
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
            string text = Text(rule);
            reports.Warn("audit-rule-refused", $"{error.Message}: {text}", ("rule", text), ("reason", error.Message));
            return false;
        }
    }

    private string Text(AuditRule rule) => rule.Text(environment.Machine);

    [LoggerMessage(Level = LogLevel.Information, Message = "there is nothing yet for the rule {Rule}; it is loaded when there is")]
    private static partial void LogWaiting(ILogger log, string rule);

    [LoggerMessage(Level = LogLevel.Information, Message = "the rule {Rule} is loaded, as there is something to watch now")]
    private static partial void LogPresent(ILogger log, string rule);
}
