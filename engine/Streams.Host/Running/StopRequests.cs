namespace Streams.Host.Running;

/// <summary>What a signal to stop means.</summary>
internal enum StopRequest
{
    /// <summary>The run is to end.</summary>
    First,

    /// <summary>The same request once more.</summary>
    Repeated,

    /// <summary>The process is to end at once.</summary>
    Second,
}

/// <summary>
/// Distinguishes a second request to stop from one request that arrives as several signals: timeout(1) signals its child and then its
/// process group, a closed terminal sends SIGHUP beside what its shell sends. Safe for several threads.
/// </summary>
internal sealed class StopRequests(TimeProvider time)
{
    /// <summary>Signals that arrive within this time of the first are the same request.</summary>
    public static readonly TimeSpan Together = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private long? _first;

    /// <summary>A signal has arrived.</summary>
    public StopRequest Add()
    {
        lock (_gate)
        {
            if (_first is { } first) return time.GetElapsedTime(first) < Together ? StopRequest.Repeated : StopRequest.Second;
            _first = time.GetTimestamp();
            return StopRequest.First;
        }
    }
}
