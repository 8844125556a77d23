namespace Streams.Engine.Shards;

/// <summary>
/// How far a collector of a host has come. Live, a step of more than an hour is believed when four events have come from there, or when it
/// has lasted for a minute of shard clock: one wrong stamp in a backlog does not make the rest of it late. What claims to have occurred
/// more than a minute after its admission is wrong in any case: it begins nothing, and only the minute makes it count.
/// </summary>
internal sealed class CollectorTime(string collector)
{
    /// <summary>After how long a step counts however few events there were.</summary>
    public static readonly long Patience = TimeSpan.FromMinutes(1).Ticks;

    private static readonly long Step = TimeSpan.FromHours(1).Ticks;

    private const int Witnesses = 4;

    private long _stepTo;
    private long _doubtedSince = long.MinValue;
    private int _witnesses;
    private bool _isWatched;

    public string Collector => collector;

    /// <summary>The newest time that is believed; long.MinValue before there is one.</summary>
    public long Newest { get; set; } = long.MinValue;

    /// <summary>Takes the time of an event.</summary>
    /// <param name="time">When it counts as having occurred.</param>
    /// <param name="clock">The shard clock at its admission.</param>
    /// <param name="isAhead">Whether it claims a later time.</param>
    /// <param name="isFirstDoubt">Whether the caller has to look again after <see cref="Patience"/>.</param>
    /// <returns>Whether the time is believed.</returns>
    public bool Believe(long time, long clock, bool isAhead, out bool isFirstDoubt)
    {
        isFirstDoubt = false;
        if (Newest == long.MinValue ? !isAhead : time <= Newest + Step)
        {
            _doubtedSince = long.MinValue;
            if (time > Newest) Newest = time;
            return true;
        }

        if (_doubtedSince == long.MinValue || time < _stepTo - Step)
        {
            (_stepTo, _doubtedSince, _witnesses) = (time, clock, 0);
            isFirstDoubt = !_isWatched;
            _isWatched = true;
        }

        _stepTo = Math.Max(_stepTo, time);
        if (!isAhead) _witnesses++;
        if (_witnesses < Witnesses && clock - _doubtedSince < Patience) return false;
        Newest = _stepTo;
        _doubtedSince = long.MinValue;
        return true;
    }

    /// <summary>A time has come to look again: null when nothing is in doubt any more, else when to look once more.</summary>
    public long? BelieveAt(long clock)
    {
        if (_doubtedSince != long.MinValue && clock - _doubtedSince < Patience) return _doubtedSince + Patience;
        _isWatched = false;
        if (_doubtedSince == long.MinValue) return null;
        Newest = _stepTo;
        _doubtedSince = long.MinValue;
        return null;
    }
}
