namespace Streams.Scripting;

/// <summary>Where scripts are, and where compiled ones are kept.</summary>
public sealed record ScriptOptions
{
    /// <summary>
    /// The queries folder: each <c>*.csx</c> directly in it is a script; helpers for <c>#load</c> are in folders below it.
    /// </summary>
    public required string Folder { get; init; }

    /// <summary>Whose scripts are run; null for anybody's, as by a user who is not root.</summary>
    public TrustedPath? Trusted { get; init; } = Environment.IsPrivilegedProcess ? TrustedPath.OfThisProcess : null;

    /// <summary>The folder of compiled scripts; null compiles in memory. It is made when it is not there, for its owner alone.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>
    /// Whether they leave memory when they are let go. What can leave is not compiled in tiers: a process that keeps its queries to its end
    /// starts and runs faster without (docs/benchmarks.md).
    /// </summary>
    public bool CanUnload { get; init; } = true;
}
