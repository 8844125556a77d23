namespace Streams.Notify;

/// <summary>What a <see cref="CommandNotifier"/> runs.</summary>
public sealed record CommandOptions
{
    /// <summary>The program and its arguments. No shell reads them; a program without a slash is looked for in PATH.</summary>
    public required IReadOnlyList<string> Argv { get; init; }

    /// <summary>How long one run may take; beyond, it and what it has started are killed.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}
