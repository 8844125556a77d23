namespace Streams.Audit.Rules;

/// <summary>One request to the kernel on the way to other rules.</summary>
/// <param name="Kind">What is asked.</param>
/// <param name="Rule">The rule.</param>
internal sealed record RuleStep(RuleStepKind Kind, AuditRule Rule);

/// <summary>What is done with a rule.</summary>
internal enum RuleStepKind
{
    /// <summary>It is added behind the others of its list.</summary>
    Append,

    /// <summary>It is added in front of the others of its list.</summary>
    Prepend,

    /// <summary>It is removed.</summary>
    Delete,
}
