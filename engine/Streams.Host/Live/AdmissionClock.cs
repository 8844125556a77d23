namespace Streams.Host.Live;

/// <summary>
/// The time at which live input is admitted: the wall clock when the process started plus the time since boot that has gone by, so that a
/// step of the wall clock is something that is told, not a jump of the shard clock.
/// </summary>
/// <param name="time">The wall clock, and timestamps that never go back.</param>
internal sealed class AdmissionClock(TimeProvider time)
{
    private readonly DateTimeOffset _start = time.GetUtcNow();
    private readonly long _stamp = time.GetTimestamp();

    /// <summary>Now. It never goes back.</summary>
    public DateTimeOffset Now => _start + Elapsed;

    /// <summary>How long it has run.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_stamp);

    /// <summary>How far the wall clock is ahead of it: what it was set forward since the start, less what it was set back.</summary>
    public TimeSpan Step => time.GetUtcNow() - Now;
}
