namespace Streams.Audit.Rules;

/// <summary>One test of a rule.</summary>
/// <param name="Number">The field's number in linux/audit.h.</param>
/// <param name="Operator">How it compares.</param>
/// <param name="Value">With what; the length in bytes when that is text.</param>
/// <param name="Text">The text, for fields that have one.</param>
internal readonly record struct RuleField(uint Number, RuleOperator Operator, uint Value, string? Text = null);
