namespace Streams.Audit.Rules;

/// <summary>How a rule compares (the operators of linux/audit.h).</summary>
public enum RuleOperator : uint
{
    /// <summary><c>&amp;</c>: has a bit in common.</summary>
    BitMask = 0x08000000,

    /// <summary><c>&lt;</c></summary>
    Less = 0x10000000,

    /// <summary><c>&gt;</c></summary>
    Greater = 0x20000000,

    /// <summary><c>!=</c></summary>
    NotEqual = 0x30000000,

    /// <summary><c>=</c></summary>
    Equal = 0x40000000,

    /// <summary><c>&amp;=</c>: has all the bits.</summary>
    BitTest = 0x48000000,

    /// <summary><c>&lt;=</c></summary>
    LessOrEqual = 0x50000000,

    /// <summary><c>&gt;=</c></summary>
    GreaterOrEqual = 0x60000000,
}
