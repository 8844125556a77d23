namespace Streams.Audit.Netlink;

/// <summary>
/// How often the same thing is set back: ten times within an hour at once, after that once a minute. Another program that keeps changing
/// it then costs a request a minute, not a processor. For one thread.
/// </summary>
/// <param name="what">What is set back, in the plural, for the report: <c>audit rules</c>.</param>
/// <param name="time">The clock of the hour and the minute.</param>
internal sealed class RepairLimit(string what, TimeProvider time)
{
    /// <summary>How many repairs within an hour are made at once.</summary>
    public const int AtOnce = 10;

    private static readonly TimeSpan Period = TimeSpan.FromHours(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    // The last ten.
    private readonly Queue<long> _repairs = new();
    private long _last;
    private long _total;
    private bool _wasLimited;

    /// <summary>Repairs since the start. May be read from any thread.</summary>
    public long Total => Interlocked.Read(ref _total);

    /// <summary>Whether one may be made now.</summary>
    public bool IsAllowed => !IsLimited || time.GetElapsedTime(_last) >= Pause;

    /// <summary>Whether there were ten within the last hour, so that there is one a minute at most.</summary>
    public bool IsLimited => _repairs.Count == AtOnce && time.GetElapsedTime(_repairs.Peek()) < Period;

    /// <summary>One has been made, or tried. That there is one a minute from now on is reported once.</summary>
    public void Add(AuditReports reports)
    {
        if (_repairs.Count == AtOnce) _repairs.Dequeue();
        _repairs.Enqueue(_last = time.GetTimestamp());
        Interlocked.Increment(ref _total);
        if (IsLimited && !_wasLimited)
        {
            reports.Warn(
                "audit-repair-limited",
                $"{what} were changed by others and repaired {AtOnce} times within an hour; from now on once a minute: find out what "
                + "changes them",
                ("what", what), ("repairs", AtOnce));
        }

        _wasLimited = IsLimited;
    }
}
