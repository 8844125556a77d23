namespace Streams.Audit.Rules;

/// <summary>Which rules of others keep something from being recorded that would be without them.</summary>
internal static class RuleShadow
{
    /// <summary>Finds them.</summary>
    /// <param name="desired">The configured rules.</param>
    /// <param name="loaded">The rules that are loaded, in the kernel's order.</param>
    public static IReadOnlyList<AuditRule> Find(IReadOnlyList<AuditRule> desired, IReadOnlyList<AuditRule> loaded)
    {
        var wanted = new HashSet<AuditRule>(desired);
        var found = new List<AuditRule>();
        for (int at = 0; at < loaded.Count; at++)
        {
            AuditRule rule = loaded[at];
            if (!wanted.Contains(rule) && Hides(rule, loaded.Skip(at + 1).Where(wanted.Contains))) found.Add(rule);
        }

        return found;
    }

    // What an exclude rule matches is dropped, whatever its action; on the lists of calls the first rule that matches decides; what
    // matches a never-rule of the others is not looked at further (audit_filter, audit_filter_task, audit_filter_inodes of
    // kernel/auditfilter.c and kernel/auditsc.c).
    private static bool Hides(AuditRule rule, IEnumerable<AuditRule> behind) => rule switch
    {
        { List: RuleList.Exclude } => true,
        { Action: not RuleAction.Never } => false,
        { List: RuleList.Exit or RuleList.IoUring } =>
            behind.Any(other => other.List == rule.List && other.Action == RuleAction.Always && Meet(rule, other)),
        _ => true,
    };

    private static bool Meet(AuditRule one, AuditRule other)
    {
        for (int word = 0; word < RuleBinary.MaskWords; word++)
        {
            if ((one.Mask[word] & other.Mask[word]) != 0) return true;
        }

        return false;
    }
}
