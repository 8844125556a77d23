using System.Collections.Concurrent;

namespace Streams.Events.Tables;

/// <summary>Results of a pure function, kept for the first 1,024 arguments; what comes after them is computed every time.</summary>
/// <remarks>The arguments are an attacker's choice, hence the cap. Safe to use from several threads.</remarks>
internal sealed class BoundedCache<TKey, TValue>(Func<TKey, TValue> compute)
    where TKey : notnull
{
    private const int Cap = 1024;

    private readonly ConcurrentDictionary<TKey, TValue> _results = new();

    // ConcurrentDictionary.Count locks all of it.
    private int _count;

    public TValue Get(TKey key)
    {
        if (_results.TryGetValue(key, out var result)) return result;
        result = compute(key);
        if (Volatile.Read(ref _count) < Cap && _results.TryAdd(key, result)) Interlocked.Increment(ref _count);
        return result;
    }
}
