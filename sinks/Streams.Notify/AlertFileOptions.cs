namespace Streams.Notify;

/// <summary>Where a <see cref="FileNotifier"/> writes.</summary>
public sealed record AlertFileOptions
{
    /// <summary>The file, absolute; its folder must be there.</summary>
    public required string Path { get; init; }
}
