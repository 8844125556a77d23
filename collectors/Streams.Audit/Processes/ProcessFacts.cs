namespace Streams.Audit.Processes;

/// <summary>Who did something: what the table knows of a process.</summary>
public sealed record ProcessFacts
{
    /// <summary>Its number.</summary>
    public required int Pid { get; init; }

    /// <summary>Its parent's number.</summary>
    public required int ParentPid { get; init; }

    /// <summary>What tells it from every other process: <c>process.entity_id</c>.</summary>
    public required string EntityId { get; init; }

    /// <summary>The program's file; null where it is not known.</summary>
    public string? Executable { get; init; }

    /// <summary>The command name; null where it is not known.</summary>
    public string? Name { get; init; }

    /// <summary>The parent's program; null where it is not known.</summary>
    public string? ParentExecutable { get; init; }

    /// <summary>The programs of who started it, of who started that, and so on.</summary>
    public required IReadOnlyList<string> Ancestors { get; init; }

    /// <summary>The effective user, who the rights to a file go by; null where it is not known.</summary>
    public uint? User { get; init; }

    /// <summary>Who logged in; null for nobody, or where it is not known.</summary>
    public uint? AuditUser { get; init; }

    /// <summary>The session of the login; null for none, or where it is not known.</summary>
    public uint? Session { get; init; }

    /// <summary>The container; null outside of containers.</summary>
    public string? ContainerId { get; init; }
}
