namespace Streams.Notify;

/// <summary>How much an <see cref="AlertQueue"/> holds and how long it waits.</summary>
public sealed record AlertQueueOptions
{
    /// <summary>How many alerts may wait; one more takes the place of the oldest, which is counted as dropped.</summary>
    public int Capacity { get; init; } = 4096;

    /// <summary>How long to wait before the first retry; each further one waits twice as long.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait before a retry, also when the destination asks for more.</summary>
    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long what still waits may take when the process stops. A run has two seconds to stop in.</summary>
    public TimeSpan StopLimit { get; init; } = TimeSpan.FromSeconds(1);
}
