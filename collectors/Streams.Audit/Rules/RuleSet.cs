namespace Streams.Audit.Rules;

/// <summary>The rules of one or more texts, in the order in which the kernel is to match them.</summary>
/// <param name="Rules">The rules, each once. Of each list, those that go in front (<c>-A</c>) first, the last one written foremost.</param>
/// <param name="Settings">What the texts say about the kernel's settings.</param>
/// <param name="Problems">What is wrong in them, in their order.</param>
public sealed record RuleSet(IReadOnlyList<PlacedRule> Rules, RuleSettings Settings, IReadOnlyList<RuleProblem> Problems)
{
    /// <summary>No rules.</summary>
    public static RuleSet Empty { get; } = new([], new RuleSettings(), []);
}
