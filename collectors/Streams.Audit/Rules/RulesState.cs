using Streams.Events.Input;

namespace Streams.Audit.Rules;

/// <summary>How the loaded rules compare with the configured ones, as they were looked at last.</summary>
/// <remarks>Immutable, and safe to use from any thread.</remarks>
public sealed record RulesState
{
    private const int Shown = 3;

    /// <summary>How many rules are configured, those that keep Streams itself out not among them.</summary>
    public int Configured { get; init; }

    /// <summary>Rules that should be loaded and are not.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>Rules that the kernel refuses, and why.</summary>
    public IReadOnlyList<(string Rule, string Reason)> Refused { get; init; } = [];

    /// <summary>Lines of rule files, or whole files, that are wrong.</summary>
    public IReadOnlyList<string> Wrong { get; init; } = [];

    /// <summary>Rules about files and folders that are not there yet.</summary>
    public IReadOnlyList<string> Waiting { get; init; } = [];

    /// <summary>Rules that others have added and that keep something from being recorded.</summary>
    public IReadOnlyList<string> Hiding { get; init; } = [];

    /// <summary>The same of rules that another audit daemon had loaded before Streams started.</summary>
    public IReadOnlyList<string> HidingOfOwner { get; init; } = [];

    /// <summary>How many rules stand on the wrong side of a rule with another action.</summary>
    public int Misplaced { get; init; }

    /// <summary>Whether nothing can be changed until the next boot.</summary>
    public bool IsLocked { get; init; }

    /// <summary>Whether what is missing is loaded again.</summary>
    public bool IsRepaired { get; init; }

    /// <summary>How often rules were loaded again or moved.</summary>
    public long Repairs { get; init; }

    /// <summary>What is not watched because of it.</summary>
    public IEnumerable<CollectorCondition> Conditions
    {
        get
        {
            if (Missing.Count > 0) yield return Fault($"{Missing.Count} of {Configured} audit rules are not loaded{Remedy}", Missing);
            if (Refused.Count > 0)
            {
                yield return Fault(
                    $"The kernel refuses {Count(Refused.Count, "audit rule")}; leave out what it does not support",
                    [.. Refused.Select(refused => $"{refused.Rule} ({refused.Reason})")]);
            }

            if (Wrong.Count > 0)
                yield return Fault($"{Count(Wrong.Count, "mistake")} in the audit rules: what is wrong is not loaded", Wrong);
            if (Hiding.Count > 0)
            {
                yield return Fault(
                    $"{Count(Hiding.Count, "audit rule")} of others {(Hiding.Count == 1 ? "keeps" : "keep")} events from being recorded; "
                    + "add to the configuration what is meant, remove the rest with auditctl",
                    Hiding);
            }

            if (Misplaced > 0)
            {
                yield return CollectorCondition.Fault(
                    $"{Count(Misplaced, "audit rule")} {(Misplaced == 1 ? "is" : "are")} not in the configured order, "
                    + $"which changes what never-rules leave out{Remedy}.");
            }

            if (HidingOfOwner.Count > 0)
            {
                yield return Note(
                    $"{Count(HidingOfOwner.Count, "rule")} of the other audit daemon may keep events from being recorded", HidingOfOwner);
            }

            if (Waiting.Count > 0)
                yield return Note($"{Count(Waiting.Count, "audit rule")} will be loaded when the path is there", Waiting);
        }
    }

    private string Remedy => (IsLocked, IsRepaired) switch
    {
        (true, _) => " and cannot be before the next boot: audit is locked",
        (_, true) => "; they will be loaded within a minute",
        _ => "; restart Streams to have them loaded, or set \"repair\": true",
    };

    private static CollectorCondition Fault(string text, IReadOnlyList<string> examples) =>
        CollectorCondition.Fault($"{text}: {List(examples)}.");

    private static CollectorCondition Note(string text, IReadOnlyList<string> examples) =>
        CollectorCondition.Note($"{text}: {List(examples)}.");

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";

    private static string List(IReadOnlyList<string> texts)
    {
        string others = texts.Count > Shown ? $"; and {texts.Count - Shown} more" : "";
        return string.Join("; ", texts.Take(Shown)) + others;
    }
}
