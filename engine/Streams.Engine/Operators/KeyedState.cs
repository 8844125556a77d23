using Streams.Engine.Keys;
using Streams.Engine.Shards;

namespace Streams.Engine;

/// <summary>What is known of one key.</summary>
internal abstract class Keyed<TKey>(TKey key) : Scheduled
{
    public TKey Key { get; } = key;
}

/// <summary>Who keeps keyed state: what happens when a key is due, or has to make room.</summary>
internal interface IKeyedOwner<TKey, TEntry> where TEntry : Keyed<TKey>
{
    QueryRun Run { get; }

    void CountCap();

    /// <summary>The deadline of an entry has come. It sets a new one or removes it.</summary>
    void OnDue(KeyedState<TKey, TEntry> state, TEntry entry, long due);

    /// <summary>There is no room and this entry, which is due first, makes some.</summary>
    void OnEvicted(KeyedState<TKey, TEntry> state, TEntry entry);
}

/// <summary>The keys of one scope, at most so many.</summary>
internal sealed class KeyedState<TKey, TEntry>(IKeyedOwner<TKey, TEntry> owner, IDeadlines deadlines, int most)
    : DeadlineHeap(deadlines), IHolds
    where TEntry : Keyed<TKey>
{
    private readonly Dictionary<KeyOf<TKey>, TEntry> _entries = [];
    private TEntry? _found;

    public int Count => _entries.Count;

    public override QueryRun Run => owner.Run;

    public TEntry? Find(TKey key)
    {
        // Events come in runs of one key, and to compare it costs less than to hash it.
        if (_found is { IsGone: false } found && EqualityComparer<TKey>.Default.Equals(found.Key, key)) return found;
        return _found = _entries.GetValueOrDefault(new KeyOf<TKey>(key));
    }

    public void Add(TEntry entry)
    {
        if (_entries.Count >= most && First() is TEntry first)
        {
            owner.CountCap();
            Remove(first);
            owner.OnEvicted(this, first);
        }

        _entries.Add(new KeyOf<TKey>(entry.Key), entry);
    }

    public void Remove(TEntry entry)
    {
        entry.IsGone = true;
        if (_found == entry) _found = null;
        _entries.Remove(new KeyOf<TKey>(entry.Key));
        Dequeue(entry);
    }

    protected override void OnDue(Scheduled entry, long due) => owner.OnDue(this, (TEntry)entry, due);
}
