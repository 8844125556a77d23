namespace Streams.Audit.Rules;

/// <summary>A field that rules can test.</summary>
/// <param name="Number">Its number in linux/audit.h.</param>
/// <param name="Name">As auditctl writes it.</param>
/// <param name="Kind">What its value is.</param>
/// <param name="Lists">
/// The lists on which the kernel looks at it. On others it refuses the rule, never matches it, or ends the list at it.
/// </param>
internal sealed record RuleFieldType(uint Number, string Name, RuleFieldKind Kind, RuleLists Lists)
{
    /// <summary>Whether the value is text.</summary>
    public bool IsText => Kind >= RuleFieldKind.Label;

    /// <summary>Whether the kernel takes the operator with this field (kernel/auditfilter.c, <c>audit_field_valid</c>).</summary>
    public bool Takes(RuleOperator by) => Kind switch
    {
        // Watches and trees are found by their path, so the kernel can only have them equal.
        RuleFieldKind.WatchedPath or RuleFieldKind.WatchedFolder or RuleFieldKind.Key => by == RuleOperator.Equal,
        RuleFieldKind.Permissions => by == RuleOperator.Equal,
        RuleFieldKind.Argument => true,
        RuleFieldKind.Label => RuleOperators.IsEquality(by) || (RuleFields.IsLevel(Number) && !RuleOperators.IsBitwise(by)),
        RuleFieldKind.Executable or RuleFieldKind.Architecture or RuleFieldKind.FilesystemType or RuleFieldKind.FileType
            or RuleFieldKind.Comparison or RuleFieldKind.Inode => RuleOperators.IsEquality(by),
        RuleFieldKind.Success when Number == RuleFields.LoginUidSet => RuleOperators.IsEquality(by),
        _ => !RuleOperators.IsBitwise(by),
    };
}
