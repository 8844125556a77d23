using Streams.Audit.Rules;
using Streams.Files;

namespace Streams.Host.Reach;

/// <summary>What a run watches, or would by its configuration.</summary>
internal sealed record Watched
{
    /// <summary>Why there are no audit events; null when there are.</summary>
    public string? NoAudit { get; init; }

    /// <summary>Whether audit events come from a log, which may be another host's: nothing is known of the rules there.</summary>
    public bool IsLog { get; init; }

    /// <summary>The audit rules that decide what is recorded; null when they are not known.</summary>
    public IReadOnlyList<AuditRule>? Rules { get; init; }

    /// <summary>Whether a run adds the rules about its own process (<see cref="SelfRules.Guard"/>).</summary>
    public bool IsGuarded { get; init; }

    /// <summary>What rules are compiled with; null where they cannot be.</summary>
    public RuleEnvironment? Environment { get; init; }

    /// <summary>Why there are no file events; null when there are.</summary>
    public string? NoFiles { get; init; }

    /// <summary>The paths that file events are about.</summary>
    public IReadOnlyList<WatchedPath> Paths { get; init; } = [];
}
