namespace Streams.Audit.Netlink;

/// <summary>When what has failed is tried again: after a second, after two, four …, in the end every minute. For one thread.</summary>
/// <param name="time">The clock of the pauses.</param>
internal sealed class Backoff(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private TimeSpan _pause;
    private long _failedAt;

    /// <summary>Whether it is too early to try again.</summary>
    public bool IsPause => _pause > TimeSpan.Zero && time.GetElapsedTime(_failedAt) < _pause;

    /// <summary>It has failed.</summary>
    /// <returns>Whether for the first time since <see cref="Reset"/>.</returns>
    public bool Fail()
    {
        bool isFirst = _pause == TimeSpan.Zero;
        _pause = isFirst ? First : TimeSpan.FromTicks(Math.Min(2 * _pause.Ticks, Longest.Ticks));
        _failedAt = time.GetTimestamp();
        return isFirst;
    }

    /// <summary>What made it fail is gone: the next try is at once.</summary>
    public void Reset() => _pause = TimeSpan.Zero;
}
