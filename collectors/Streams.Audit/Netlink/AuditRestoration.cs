using Streams.Audit.Rules;

namespace Streams.Audit.Netlink;

/// <summary>
/// What a run does of its own at its end, done for runs that were killed: the rules about their processes are removed, and the settings are
/// put back. A step that fails keeps no other from being done.
/// </summary>
public static class AuditRestoration
{
    /// <summary>Puts audit back. No run of the state folder may be alive.</summary>
    /// <param name="audit">The kernel's settings.</param>
    /// <param name="rules">The kernel's rules.</param>
    /// <param name="environment">What the meaning of rules depends on; null where it is not known, and rules stay.</param>
    /// <param name="found">What the settings were.</param>
    /// <returns>What was done, a sentence each; and what was not, and why.</returns>
    /// <exception cref="AuditException">The kernel does not answer this user at all.</exception>
    public static (IReadOnlyList<string> Done, IReadOnlyList<string> Failed) Run(
        IAuditSettings audit, IKernelRules rules, RuleEnvironment? environment, FoundSettings found)
    {
        int? daemon = AuditOwner.Foreign(audit.GetStatus())?.Pid;
        List<string> done = [], failed = [];
        if (environment is not null) Try(() => RemoveOwn(rules, environment, daemon));
        if (found.Fault is { } fault)
            failed.Add($"what the settings were is not known: {fault}; set them with auditctl, and move the file away");
        Try(() => found.PutBack(audit));
        return (done, failed);

        void Try(Func<(IReadOnlyList<string> Done, IReadOnlyList<string> Refused)> step)
        {
            try
            {
                (IReadOnlyList<string> stepDone, IReadOnlyList<string> refused) = step();
                done.AddRange(stepDone);
                failed.AddRange(refused);
            }
            catch (AuditException error)
            {
                failed.Add(error.Message);
            }
        }
    }

    // A number of a process is another's by now, or will be: whatever it is, such a rule would keep it out of what is recorded. Only the
    // audit daemon may be a run with another state folder.
    private static (IReadOnlyList<string> Done, IReadOnlyList<string> Refused) RemoveOwn(
        IKernelRules rules, RuleEnvironment environment, int? daemon)
    {
        AuditRule[] own =
            [.. rules.List().Where(rule => SelfRules.ProcessOf(rule, environment) is { } process && process != daemon)];
        if (own.Length == 0) return ([], []);
        if (rules.IsLocked) return ([], [$"{Count(own.Length)} stay until the next boot: audit is locked (enabled is 2)"]);
        IReadOnlyList<string> refused = rules.DeleteEach(own, environment.Machine);
        int removed = own.Length - refused.Count;
        return (removed == 0 ? [] : [$"{Count(removed)} removed"], refused);
    }

    private static string Count(int rules) => $"{rules} {(rules == 1 ? "rule" : "rules")} about processes of Streams that have ended";
}
