namespace Streams.Audit.Rules;

/// <summary>
/// The rules that keep this process, and what it starts, out of what it records: else each record written would make more. They go in
/// front of all others. Those of an earlier run name other processes, and are removed at the start with whatever else should not be
/// loaded.
/// </summary>
public static class SelfExclusion
{
    /// <summary>The key that the rules have.</summary>
    public const string Key = "streams-self";

    /// <summary>Whether a rule is one for some process: of this one, or of one that has ended.</summary>
    public static bool Is(AuditRule rule, RuleEnvironment environment) => ProcessOf(rule, environment) is not null;

    /// <summary>The process that a rule keeps out; null for a rule about something else.</summary>
    public static int? ProcessOf(AuditRule rule, RuleEnvironment environment) =>
        rule.Fields is [var field, ..] && Of((int)field.Value, environment).Contains(rule) ? (int)field.Value : null;

    /// <summary>The rules for a process.</summary>
    public static IReadOnlyList<AuditRule> Of(int pid, RuleEnvironment environment)
    {
        string text = $"-a never,exit -F pid={pid} -k {Key}\n-a never,exit -F ppid={pid} -k {Key}";
        return [.. RuleReader.Read(text, Key, environment).Rules.Select(rule => rule.Rule)];
    }
}
