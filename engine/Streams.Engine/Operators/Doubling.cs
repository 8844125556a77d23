namespace Streams.Engine;

/// <summary>When an episode is said again: each time its count is twice that of the last time.</summary>
internal sealed class Doubling(long said)
{
    private long _said = said;

    public bool IsDoubled(long count)
    {
        if (count < _said * 2) return false;
        _said = count;
        return true;
    }
}
