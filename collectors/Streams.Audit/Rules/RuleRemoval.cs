using Streams.Audit.Netlink;

namespace Streams.Audit.Rules;

/// <summary>Removes rules one by one: what the kernel refuses of one keeps no other from being removed.</summary>
internal static class RuleRemoval
{
    private const int Enoent = 2;

    /// <summary>Removes some rules. One that is gone already counts as removed.</summary>
    /// <returns>What the kernel refuses, and why: a sentence each.</returns>
    public static IReadOnlyList<string> DeleteEach(this IKernelRules kernel, IReadOnlyList<AuditRule> rules, RuleMachine machine)
    {
        List<string> refused = [];
        foreach (AuditRule rule in rules)
        {
            try
            {
                kernel.Delete(rule);
            }
            catch (AuditException error)
            {
                if (error.Number != Enoent) refused.Add($"{error.Message}: {rule.Text(machine)}");
            }
        }

        return refused;
    }
}
