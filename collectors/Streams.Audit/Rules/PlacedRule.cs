namespace Streams.Audit.Rules;

/// <summary>A rule and where it was written.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="InFront">Whether it goes in front of its list (<c>-A</c>).</param>
/// <param name="File">The file, or what else it stands in.</param>
/// <param name="Line">The line, from 1.</param>
public sealed record PlacedRule(AuditRule Rule, bool InFront, string File, int Line);
