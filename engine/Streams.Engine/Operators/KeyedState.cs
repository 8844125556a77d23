using Streams.Engine.Keys;
using Streams.Engine.Shards;

namespace Streams.Engine;

/// <summary>What is known of one key. It is due at a time, which may move.</summary>
internal abstract class Keyed<TKey>(TKey key)
{
    public TKey Key { get; } = key;

    /// <summary>When something is to happen to it, in ticks of the deadlines it is kept by.</summary>
    public long Due { get; set; } = Deadline.Never;

    /// <summary>The deadline that stands in the heap for it.</summary>
    public long Queued { get; set; } = Deadline.Never;

    public bool IsGone { get; set; }
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

/// <summary>
/// The keys of one scope, at most so many, with a heap of deadlines. A deadline that moves on is not moved in the heap: the entry is put
/// back when it is reached, so a key costs one place in the heap however often it is renewed.
/// </summary>
internal sealed class KeyedState<TKey, TEntry>(IKeyedOwner<TKey, TEntry> owner, IDeadlines deadlines, int most) : IDueTarget
    where TEntry : Keyed<TKey>
{
    private readonly Dictionary<KeyOf<TKey>, TEntry> _entries = [];
    private readonly PriorityQueue<TEntry, Deadline> _heap = new();
    private long _created;
    private long _armed = Deadline.Never;

    public int Count => _entries.Count;

    public QueryRun Run => owner.Run;

    public TEntry? Find(TKey key) => _entries.GetValueOrDefault(new KeyOf<TKey>(key));

    public void Add(TEntry entry)
    {
        if (_entries.Count >= most) Evict();
        _entries.Add(new KeyOf<TKey>(entry.Key), entry);
    }

    public void Remove(TEntry entry)
    {
        entry.IsGone = true;
        _entries.Remove(new KeyOf<TKey>(entry.Key));
    }

    public void SetDue(TEntry entry, long due)
    {
        entry.Due = due;
        if (due < entry.Queued) Enqueue(entry);
    }

    public void Fire(long due)
    {
        // Whoever throws here must not take the deadlines of the others with it.
        if (_armed == due) _armed = Deadline.Never;
        try
        {
            while (Top() is var (entry, at) && at <= due)
            {
                _heap.Dequeue();
                entry.Queued = Deadline.Never;
                owner.OnDue(this, entry, at);
                if (!entry.IsGone && entry.Due < entry.Queued) Enqueue(entry);
            }
        }
        finally
        {
            if (Top() is var (_, next)) Arm(next);
        }
    }

    private void Evict()
    {
        if (Top() is not var (entry, _)) return;
        owner.CountCap();
        _heap.Dequeue();
        Remove(entry);
        owner.OnEvicted(this, entry);
    }

    // The entry that is due first, with its true deadline; what has moved on is put back on the way.
    private (TEntry Entry, long Due)? Top()
    {
        while (_heap.TryPeek(out TEntry? entry, out Deadline deadline))
        {
            if (!entry.IsGone && entry.Queued == deadline.Due)
            {
                if (entry.Due <= deadline.Due) return (entry, deadline.Due);
                _heap.Dequeue();
                entry.Queued = Deadline.Never;
                if (entry.Due != Deadline.Never) Enqueue(entry, arm: false);
                continue;
            }

            _heap.Dequeue();
        }

        return null;
    }

    private void Enqueue(TEntry entry, bool arm = true)
    {
        entry.Queued = entry.Due;
        _heap.Enqueue(entry, new Deadline(entry.Due, _created++));
        if (arm) Arm(entry.Due);
    }

    private void Arm(long due)
    {
        if (due >= _armed) return;
        _armed = due;
        deadlines.Arm(due, this);
    }
}
