namespace Streams.Audit.Rules;

/// <summary>What the meaning of a rule's text depends on beside the text.</summary>
public sealed record RuleEnvironment
{
    /// <summary>The machine that the rule is for.</summary>
    public required RuleMachine Machine { get; init; }

    /// <summary>The id of a user's name; null if there is no such user.</summary>
    public required Func<string, uint?> User { get; init; }

    /// <summary>The id of a group's name; null if there is no such group.</summary>
    public required Func<string, uint?> Group { get; init; }

    /// <summary>Whether a path is a folder: <c>-w</c> watches a folder with what is in it, anything else as one file.</summary>
    public required Func<string, bool> IsFolder { get; init; }

    /// <summary>This host, whose users are those of /etc/passwd and /etc/group.</summary>
    public static RuleEnvironment OfHost(RuleMachine machine) => new()
    {
        Machine = machine,
        User = name => AccountIds.Find("/etc/passwd", name),
        Group = name => AccountIds.Find("/etc/group", name),
        IsFolder = Directory.Exists,
    };
}
