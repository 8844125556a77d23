namespace Streams.Audit.Netlink;

/// <summary>
/// When what is still wrong is reported again: ten minutes after the first report, then after twenty, forty, and every hour. Ten minutes is
/// how long <c>audit-tampered</c> suppresses what follows, so each report starts an alert. For one thread.
/// </summary>
/// <param name="time">The clock of the pauses.</param>
internal sealed class Reminder(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private TimeSpan _pause;
    private long _reportedAt;

    /// <summary>Looks whether it is to be reported again.</summary>
    /// <param name="isWrong">Whether it is wrong now. When it is not, the next time is a first one.</param>
    public bool IsDue(bool isWrong)
    {
        if (!isWrong)
        {
            _pause = TimeSpan.Zero;
            return false;
        }

        if (_pause > TimeSpan.Zero && time.GetElapsedTime(_reportedAt) < _pause) return false;
        bool isFirst = _pause == TimeSpan.Zero;
        _pause = isFirst ? First : TimeSpan.FromTicks(Math.Min(2 * _pause.Ticks, Longest.Ticks));
        _reportedAt = time.GetTimestamp();
        return !isFirst;
    }
}
