using Streams.Engine.Shards;

namespace Streams.Engine;

/// <summary>Something that is due at a time, which may move.</summary>
internal abstract class Scheduled
{
    /// <summary>When something is to happen to it, in ticks of the deadlines it is kept by.</summary>
    public long Due { get; set; } = Deadline.Never;

    /// <summary>The deadline by which it stands in the heap.</summary>
    public Deadline Queued { get; set; }

    /// <summary>Where it stands in the heap; -1 when it does not.</summary>
    public int HeapPlace { get; set; } = -1;

    public bool IsGone { get; set; }
}

/// <summary>
/// A heap of deadlines. A deadline that moves on is not moved in the heap: the entry is put back when it is reached. An entry has one place
/// in the heap, however often it is renewed.
/// </summary>
/// <remarks>It has no keys, since what is generic over the type of a key is compiled for each type at every start.</remarks>
internal abstract class DeadlineHeap(IDeadlines deadlines) : IDueTarget
{
    private readonly List<Scheduled> _heap = [];

    // What this has asked to be called for, each earlier than the one before.
    private readonly Stack<long> _armed = new();
    private long _created;

    public abstract QueryRun Run { get; }

    public void SetDue(Scheduled entry, long due)
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

        // An entry at which something throws must not take the deadlines of the others with it.
        try
        {
            while (First() is { } entry && entry.Queued.Due <= due)
            {
                long at = entry.Queued.Due;
                Dequeue(entry);
                OnDue(entry, at);
                if (!entry.IsGone && entry.HeapPlace < 0 && entry.Due != Deadline.Never) Enqueue(entry);
            }
        }
        finally
        {
            if (First() is { } next) Arm(next.Queued.Due);
        }
    }

    /// <summary>The deadline of an entry has come.</summary>
    protected abstract void OnDue(Scheduled entry, long due);

    /// <summary>The entry that is due first, by its true deadline; those that have moved on are put back on the way.</summary>
    protected Scheduled? First()
    {
        while (_heap.Count > 0)
        {
            Scheduled entry = _heap[0];
            if (entry.Due <= entry.Queued.Due) return entry;
            Dequeue(entry);
            if (entry.Due != Deadline.Never) Enqueue(entry);
        }

        return null;
    }

    /// <summary>Takes an entry out of the heap.</summary>
    protected void Dequeue(Scheduled entry)
    {
        int place = entry.HeapPlace;
        if (place < 0) return;
        entry.HeapPlace = -1;
        Scheduled last = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        if (last == entry) return;
        Put(last, place);
        Up(last);
        Down(last);
    }

    private void Arm(long due)
    {
        if (_armed.TryPeek(out long armed) && armed <= due) return;
        _armed.Push(due);
        deadlines.Arm(due, this);
    }

    private void Enqueue(Scheduled entry)
    {
        entry.Queued = new Deadline(entry.Due, _created++);
        if (entry.HeapPlace < 0)
        {
            entry.HeapPlace = _heap.Count;
            _heap.Add(entry);
        }

        Up(entry);
    }

    private void Up(Scheduled entry)
    {
        while (entry.HeapPlace > 0)
        {
            Scheduled parent = _heap[(entry.HeapPlace - 1) / 2];
            if (entry.Queued.CompareTo(parent.Queued) >= 0) return;
            Swap(entry, parent);
        }
    }

    private void Down(Scheduled entry)
    {
        while (2 * entry.HeapPlace + 1 < _heap.Count)
        {
            Scheduled least = _heap[2 * entry.HeapPlace + 1];
            int right = 2 * entry.HeapPlace + 2;
            if (right < _heap.Count && _heap[right].Queued.CompareTo(least.Queued) < 0) least = _heap[right];
            if (entry.Queued.CompareTo(least.Queued) <= 0) return;
            Swap(least, entry);
        }
    }

    private void Swap(Scheduled upwards, Scheduled downwards)
    {
        (int up, int down) = (downwards.HeapPlace, upwards.HeapPlace);
        Put(upwards, up);
        Put(downwards, down);
    }

    private void Put(Scheduled entry, int place)
    {
        entry.HeapPlace = place;
        _heap[place] = entry;
    }
}
