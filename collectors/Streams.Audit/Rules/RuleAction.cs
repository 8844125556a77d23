namespace Streams.Audit.Rules;

/// <summary>What a rule does with what it matches (<c>AUDIT_NEVER</c>, <c>AUDIT_ALWAYS</c> in linux/audit.h).</summary>
public enum RuleAction
{
    /// <summary>Nothing is recorded, whatever a later rule says.</summary>
    Never = 0,

    /// <summary>Obsolete: since Linux 2.6.33 no list takes it.</summary>
    Possible = 1,

    /// <summary>It is recorded.</summary>
    Always = 2,
}
