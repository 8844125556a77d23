namespace Streams.Audit.Rules;

/// <summary>
/// One audit rule in the kernel's binary form, as the kernel lists it back. Two rules are equal when the kernel holds them for the
/// same one.
/// </summary>
/// <remarks>Immutable, and safe to use from any thread.</remarks>
public sealed class AuditRule : IEquatable<AuditRule>
{
    // AUDIT_FILTER_PREPEND: where a rule goes when it is added; the kernel forgets it.
    internal const uint InFrontFlag = 0x10;

    internal const int HeaderLength = RuleBinary.HeaderLength;

    private readonly byte[] _bytes;
    private readonly uint[] _mask;
    private readonly RuleField[] _fields;

    private AuditRule(byte[] bytes, uint[] mask, RuleField[] fields)
    {
        _bytes = bytes;
        _mask = mask;
        _fields = fields;
    }

    /// <summary>The list it is on.</summary>
    public RuleList List => RuleBinary.List(_bytes);

    /// <summary>What it does.</summary>
    public RuleAction Action => RuleBinary.Action(_bytes);

    /// <summary>Its keys; empty for a rule without one.</summary>
    public IReadOnlyList<string> Keys =>
        Array.Find(_fields, each => each.Number == RuleFields.Key).Text is { Length: > 0 } keys ? keys.Split('\u0001') : [];

    /// <summary>The binary form: <c>struct audit_rule_data</c>, as the kernel lists it.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    internal ReadOnlySpan<uint> Mask => _mask;

    internal IReadOnlyList<RuleField> Fields => _fields;

    /// <summary>Reads a rule from the payload of a message of the kernel.</summary>
    /// <returns>Null if these are not the bytes of a rule.</returns>
    public static AuditRule? Read(ReadOnlySpan<byte> message) =>
        RuleBinary.TryRead(message, out byte[] bytes, out uint[] mask, out RuleField[] fields) ? new AuditRule(bytes, mask, fields) : null;

    /// <summary>Reads a rule from the payload of a message that adds one.</summary>
    /// <param name="message">The payload.</param>
    /// <param name="inFront">Whether it is to be added in front of its list (<c>-A</c>).</param>
    /// <returns>Null if these are not the bytes of a rule.</returns>
    public static AuditRule? Read(ReadOnlySpan<byte> message, out bool inFront)
    {
        AuditRule? rule = Read(message);
        inFront = rule is not null && (RuleBinary.Get(message, 0) & InFrontFlag) != 0;
        return rule;
    }

    /// <summary>The payload of the message that adds the rule, at the end of its list or in front of it.</summary>
    public byte[] Message(bool inFront)
    {
        byte[] message = [.. _bytes];
        if (inFront) RuleBinary.Put(message, 0, (uint)List | InFrontFlag);
        return message;
    }

    /// <summary>Whether other rules record all that this one would, under whatever keys.</summary>
    public bool IsCoveredBy(IEnumerable<AuditRule> others) => RuleCoverage.Covers(others, this);

    /// <summary>The rule in the syntax of auditctl(8), with the names of a machine.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="inFront">Whether it goes in front of its list (<c>-A</c>).</param>
    public string Text(RuleMachine machine, bool inFront = false) => RuleText.Of(this, machine, inFront);

    /// <summary>The rule in the syntax of auditctl(8), with the names of the machine that this process runs on.</summary>
    public override string ToString() => Text(RuleMachine.Current ?? RuleMachine.X8664);

    /// <inheritdoc/>
    public bool Equals(AuditRule? other) => other is not null && _bytes.AsSpan().SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as AuditRule);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_bytes);
        return hash.ToHashCode();
    }

    internal static AuditRule Make(RuleList list, RuleAction action, ReadOnlySpan<uint> mask, IReadOnlyList<RuleField> fields) =>
        Read(RuleBinary.Write(list, action, mask, fields))!;
}
