namespace Streams.Audit.Rules;

/// <summary>How operators are written.</summary>
internal static class RuleOperators
{
    // Longer ones first, so that >= is not read as >.
    private static readonly (string Text, RuleOperator Operator)[] All =
    [
        ("!=", RuleOperator.NotEqual),
        (">=", RuleOperator.GreaterOrEqual),
        ("<=", RuleOperator.LessOrEqual),
        ("&=", RuleOperator.BitTest),
        ("=", RuleOperator.Equal),
        (">", RuleOperator.Greater),
        ("<", RuleOperator.Less),
        ("&", RuleOperator.BitMask),
    ];

    /// <summary>The operator as auditctl writes it; null if there is no such operator.</summary>
    public static string? Text(RuleOperator of) => Array.Find(All, entry => entry.Operator == of).Text;

    /// <summary>Whether it compares for equality only.</summary>
    public static bool IsEquality(RuleOperator of) => of is RuleOperator.Equal or RuleOperator.NotEqual;

    /// <summary>Whether it looks at bits.</summary>
    public static bool IsBitwise(RuleOperator of) => of is RuleOperator.BitMask or RuleOperator.BitTest;

    /// <summary>Splits <c>name operator value</c>.</summary>
    /// <param name="text">The text, such as <c>auid&gt;=1000</c>.</param>
    /// <param name="at">Where the operator begins.</param>
    /// <param name="length">Its length.</param>
    /// <param name="found">The operator.</param>
    /// <returns>False if there is none.</returns>
    public static bool TryFind(string text, out int at, out int length, out RuleOperator found)
    {
        at = text.AsSpan().IndexOfAny("=!<>&");
        length = 0;
        found = default;
        if (at < 0) return false;
        foreach ((string written, RuleOperator each) in All)
        {
            if (string.CompareOrdinal(text, at, written, 0, written.Length) != 0) continue;
            length = written.Length;
            found = each;
            return true;
        }

        return false;
    }
}
