using Streams.Engine.Keys;
using Streams.Engine.Shards;

namespace Streams.Engine;

/// <summary>What is known of one key. It is due at a time, which may move.</summary>
internal abstract class Keyed<TKey>(TKey key)
{
    public TKey Key { get; } = key;

    /// <summary>When something is to happen to it, in ticks of the deadlines it is kept by.</summary>
    public long Due { get; set; } = Deadline.Never;

    /// <summary>The deadline by which it stands in the heap.</summary>
    public Deadline Queued { get; set; }

    /// <summary>Where it stands in the heap; -1 when it does not.</summary>
    public int HeapPlace { get; set; } = -1;

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
/// back when it is reached. A key has one place in the heap, however often it is renewed.
/// </summary>
internal sealed class KeyedState<TKey, TEntry>(IKeyedOwner<TKey, TEntry> owner, IDeadlines deadlines, int most) : IDueTarget
    where TEntry : Keyed<TKey>
{
    private readonly Dictionary<KeyOf<TKey>, TEntry> _entries = [];
    private readonly List<TEntry> _heap = [];

    // What this has asked to be called for, each earlier than the one before.
    private readonly Stack<long> _armed = new();
    private long _created;
    private TEntry? _found;

    public int Count => _entries.Count;

    public QueryRun Run => owner.Run;

    public TEntry? Find(TKey key)
    {
        // Events come in runs of one key, and to compare it costs less than to hash it.
        if (_found is { IsGone: false } found && EqualityComparer<TKey>.Default.Equals(found.Key, key)) return found;
        return _found = _entries.GetValueOrDefault(new KeyOf<TKey>(key));
    }

    public void Add(TEntry entry)
    {
        if (_entries.Count >= most) Evict();
        _entries.Add(new KeyOf<TKey>(entry.Key), entry);
    }

    public void Remove(TEntry entry)
    {
        entry.IsGone = true;
        if (_found == entry) _found = null;
        _entries.Remove(new KeyOf<TKey>(entry.Key));
        Dequeue(entry);
    }

    public void SetDue(TEntry entry, long due)
    {
        entry.Due = due;
        if (entry.HeapPlace >= 0 && due >= entry.Queued.Due) return;
        if (due == Deadline.Never) return;
        Enqueue(entry);
        Arm(due);
    }

    public void Fire(long due)
    {
        if (_armed.TryPeek(out long armed) && armed == due) _armed.Pop();

        // Whoever throws here must not take the deadlines of the others with it.
        try
        {
            while (First() is { } entry && entry.Queued.Due <= due)
            {
                long at = entry.Queued.Due;
                Dequeue(entry);
                owner.OnDue(this, entry, at);
                if (!entry.IsGone && entry.HeapPlace < 0 && entry.Due != Deadline.Never) Enqueue(entry);
            }
        }
        finally
        {
            if (First() is { } next) Arm(next.Queued.Due);
        }
    }

    private void Evict()
    {
        if (First() is not { } entry) return;
        owner.CountCap();
        Remove(entry);
        owner.OnEvicted(this, entry);
    }

    // The entry that is due first, by its true deadline; those that have moved on are put back on the way.
    private TEntry? First()
    {
        while (_heap.Count > 0)
        {
            TEntry entry = _heap[0];
            if (entry.Due <= entry.Queued.Due) return entry;
            Dequeue(entry);
            if (entry.Due != Deadline.Never) Enqueue(entry);
        }

        return null;
    }

    private void Arm(long due)
    {
        if (_armed.TryPeek(out long armed) && armed <= due) return;
        _armed.Push(due);
        deadlines.Arm(due, this);
    }

    private void Enqueue(TEntry entry)
    {
        entry.Queued = new Deadline(entry.Due, _created++);
        if (entry.HeapPlace < 0)
        {
            entry.HeapPlace = _heap.Count;
            _heap.Add(entry);
        }

        Up(entry);
    }

    private void Dequeue(TEntry entry)
    {
        int place = entry.HeapPlace;
        if (place < 0) return;
        entry.HeapPlace = -1;
        TEntry last = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        if (last == entry) return;
        Put(last, place);
        Up(last);
        Down(last);
    }

    private void Up(TEntry entry)
    {
        while (entry.HeapPlace > 0)
        {
            TEntry parent = _heap[(entry.HeapPlace - 1) / 2];
            if (entry.Queued.CompareTo(parent.Queued) >= 0) return;
            Swap(entry, parent);
        }
    }

    private void Down(TEntry entry)
    {
        while (2 * entry.HeapPlace + 1 < _heap.Count)
        {
            TEntry least = _heap[2 * entry.HeapPlace + 1];
            int right = 2 * entry.HeapPlace + 2;
            if (right < _heap.Count && _heap[right].Queued.CompareTo(least.Queued) < 0) least = _heap[right];
            if (entry.Queued.CompareTo(least.Queued) <= 0) return;
            Swap(least, entry);
        }
    }

    private void Swap(TEntry upwards, TEntry downwards)
    {
        (int up, int down) = (downwards.HeapPlace, upwards.HeapPlace);
        Put(upwards, up);
        Put(downwards, down);
    }

    private void Put(TEntry entry, int place)
    {
        entry.HeapPlace = place;
        _heap[place] = entry;
    }
}
