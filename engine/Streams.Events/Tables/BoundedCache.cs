namespace Streams.Events.Tables;

/// <summary>Results of a pure function of two numbers: 1,024 places, each with the last result whose numbers fall there.</summary>
/// <remarks>
/// The numbers are an attacker's choice, who can make results being computed again but cannot make this grow. Safe to use from
/// several threads.
/// </remarks>
internal sealed class BoundedCache<T>(Func<uint, ulong, T> compute)
    where T : class
{
    private const int PlaceBits = 10;

    private readonly Entry?[] _entries = new Entry?[1 << PlaceBits];

    public T Get(uint kind, ulong value)
    {
        var place = (int)(((value + ((ulong)kind << 32)) * 0x9E3779B97F4A7C15) >> (64 - PlaceBits));
        var entry = _entries[place];
        if (entry is null || entry.Kind != kind || entry.Value != value)
            _entries[place] = entry = new Entry(kind, value, compute(kind, value));
        return entry.Result;
    }

    private sealed class Entry(uint kind, ulong value, T result)
    {
        public uint Kind { get; } = kind;

        public ulong Value { get; } = value;

        public T Result { get; } = result;
    }
}
