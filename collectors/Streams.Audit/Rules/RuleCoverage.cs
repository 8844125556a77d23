namespace Streams.Audit.Rules;

/// <summary>Whether some rules record what another would.</summary>
internal static class RuleCoverage
{
    /// <summary>
    /// Whether each call that the rule is about is also in one of the others whose tests are among its own, so that they match at
    /// least what it matches. Keys do not count. What needs more thought is held for not covered.
    /// </summary>
    public static bool Covers(IEnumerable<AuditRule> others, AuditRule rule)
    {
        HashSet<RuleField> tests = Tests(rule);
        uint[] left = rule.Mask.ToArray();
        foreach (AuditRule other in others)
        {
            if (other.List != rule.List || other.Action != rule.Action || !Tests(other).IsSubsetOf(tests)) continue;
            ReadOnlySpan<uint> mask = other.Mask;
            for (int word = 0; word < left.Length; word++) left[word] &= ~mask[word];
        }

        return !left.AsSpan().ContainsAnyExcept(0U);
    }

    private static HashSet<RuleField> Tests(AuditRule rule) => [.. rule.Fields.Where(field => field.Number != RuleFields.Key)];
}
