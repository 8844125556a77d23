namespace Streams.Engine;

/// <summary>
/// When an episode is reported again: when its count reaches twice, four times, eight times … the count at which it starts, whatever order
/// its elements arrive in.
/// </summary>
internal sealed class Doubling(long start)
{
    private long _reported = start;

    /// <summary>Whether the count has reached the next of these steps since the last call.</summary>
    public bool IsDoubled(long count)
    {
        if (count / 2 < _reported) return false;
        while (count / 2 >= _reported) _reported *= 2;
        return true;
    }
}
