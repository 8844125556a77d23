namespace Streams.Audit.Netlink;

/// <summary>What a count of the kernel has risen by since it was first seen: it has 32 bits, and anybody may set it back to 0.</summary>
internal struct RisingCount
{
    private uint? _last;

    /// <summary>By how much it has risen in all.</summary>
    public long Total { get; private set; }

    /// <summary>Takes its value.</summary>
    /// <returns>By how much it has risen since the value before.</returns>
    public long Take(uint value)
    {
        // A count that comes round has passed 2^31; one that falls from below was set back.
        long step = _last is not { } last ? 0 : value >= last || last > int.MaxValue ? unchecked(value - last) : value;
        _last = value;
        Total += step;
        return step;
    }
}
