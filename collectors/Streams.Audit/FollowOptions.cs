namespace Streams.Audit;

/// <summary>What a <see cref="FollowedLog"/> follows.</summary>
public sealed record FollowOptions
{
    /// <summary>The log; it need not be there yet.</summary>
    public required string Path { get; init; }

    /// <summary>The host of records that name none.</summary>
    public string Host { get; init; } = Environment.MachineName;

    /// <summary>Whether what is in the log already is read as well; otherwise only what is written from now on.</summary>
    public bool FromStart { get; init; }
}
