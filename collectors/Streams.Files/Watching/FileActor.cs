namespace Streams.Files.Watching;

/// <summary>The process that changed a file, as far as it could be seen.</summary>
public sealed record FileActor
{
    /// <summary>Its number.</summary>
    public required int Pid { get; init; }

    /// <summary>The program's file; null where it is not known.</summary>
    public string? Executable { get; init; }

    /// <summary>The command name; null where it is not known.</summary>
    public string? Name { get; init; }

    /// <summary>The parent's number; 0 where it is not known.</summary>
    public int ParentPid { get; init; }

    /// <summary>When it was started, UTC; null where it is not known.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>The user that the rights to the file went by; null where it is not known.</summary>
    public uint? UserId { get; init; }

    /// <summary>The group that the rights to the file went by; null where it is not known.</summary>
    public uint? GroupId { get; init; }

    /// <summary>Who logged in; null for nobody, or where it is not known.</summary>
    public uint? AuditUserId { get; init; }

    /// <summary>The session of the login; null for none, or where it is not known.</summary>
    public uint? SessionId { get; init; }

    /// <summary>The programs of who started it, of who started that, and so on.</summary>
    public IReadOnlyList<string> Ancestors { get; init; } = [];
}
