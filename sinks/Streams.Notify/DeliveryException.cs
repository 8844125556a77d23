namespace Streams.Notify;

/// <summary>An alert was not delivered. The message says why and what to do; it holds no secret.</summary>
public sealed class DeliveryException : Exception
{
    /// <summary>A failure.</summary>
    /// <param name="message">What went wrong, for the operator.</param>
    /// <param name="isTransient">Whether the same alert may be delivered later.</param>
    /// <param name="retryAfter">When the destination wants to be asked again; null when it has not said.</param>
    /// <param name="inner">The cause; it is not shown.</param>
    public DeliveryException(string message, bool isTransient, TimeSpan? retryAfter = null, Exception? inner = null)
        : base(message, inner) => (IsTransient, RetryAfter) = (isTransient, retryAfter);

    /// <summary>Whether the same alert may be delivered later.</summary>
    public bool IsTransient { get; }

    /// <summary>When the destination wants to be asked again; null when it has not said.</summary>
    public TimeSpan? RetryAfter { get; }
}
