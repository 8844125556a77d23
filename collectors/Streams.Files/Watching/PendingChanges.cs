namespace Streams.Files.Watching;

/// <summary>A path that is to be looked at, with all that was said of it since it was looked at last.</summary>
internal sealed class PendingChange(string path, DateTimeOffset since)
{
    public string Path { get; } = path;

    /// <summary>When the first of it was said.</summary>
    public DateTimeOffset Since { get; } = since;

    public Happened What { get; set; }

    public FileActor? By { get; set; }

    public long Due { get; set; }
}

/// <summary>
/// Paths that are to be looked at soon: several notices of one path within a short time cost one look. The time runs from the first, so
/// that who keeps writing does not put it off; only a file that takes long to read is looked at less often while it is being written.
/// </summary>
/// <param name="window">How long to wait for more, in the units of the due times.</param>
internal sealed class PendingChanges(long window)
{
    // A file that is written all the time takes at most this part of a core.
    private const int CostFactor = 10;

    // Files that took long lately; full, they are forgotten.
    private const int CostlyLimit = 1024;

    private readonly Dictionary<string, PendingChange> _byPath = new(StringComparer.Ordinal);
    private readonly PriorityQueue<PendingChange, (long Due, long Order)> _byTime = new();
    private readonly Dictionary<string, long> _notBefore = new(StringComparer.Ordinal);
    private long _order;

    public int Count => _byPath.Count;

    /// <summary>When the oldest notice came that nobody has acted upon; null when there is none.</summary>
    public DateTimeOffset? Oldest => _byPath.Count == 0 ? null : _byPath.Values.Min(change => change.Since);

    /// <summary>When the next path is due; null when there is none.</summary>
    public long? NextDue
    {
        get
        {
            DropStale();
            return _byTime.TryPeek(out _, out (long Due, long Order) next) ? next.Due : null;
        }
    }

    public void Add(string path, Happened what, FileActor? by, DateTimeOffset at, long now)
    {
        if (!_byPath.TryGetValue(path, out PendingChange? change))
        {
            _byPath[path] = change = new PendingChange(path, at) { Due = now + window };
            if (what == Happened.Written && _notBefore.TryGetValue(path, out long notBefore)) change.Due = Math.Max(change.Due, notBefore);
            _byTime.Enqueue(change, (change.Due, ++_order));
        }
        else if (what != Happened.Written && change.Due > now + window)
        {
            change.Due = now + window;
            _byTime.Enqueue(change, (change.Due, ++_order));
        }

        change.What |= what;
        change.By = by ?? change.By;
    }

    /// <summary>Takes a path out; null when nothing was said of it.</summary>
    public PendingChange? Remove(string path) => _byPath.Remove(path, out PendingChange? change) ? change : null;

    /// <summary>Takes the next path out that is due.</summary>
    public bool TryTake(long now, out PendingChange change)
    {
        DropStale();
        if (!_byTime.TryPeek(out change!, out (long Due, long Order) next) || next.Due > now) return false;
        _byTime.Dequeue();
        _byPath.Remove(change.Path);
        return true;
    }

    /// <summary>What is pending below a folder is below another one now.</summary>
    public void Move(string from, string to)
    {
        foreach (string path in _byPath.Keys.Where(path => path != from && PathPattern.IsSameOrBelow(path, from)).ToArray())
        {
            _byPath.Remove(path, out PendingChange? change);
            string moved = to + path[from.Length..];
            if (_byPath.ContainsKey(moved)) continue;
            var again = new PendingChange(moved, change!.Since) { What = change.What, By = change.By, Due = change.Due };
            _byPath[moved] = again;
            _byTime.Enqueue(again, (again.Due, ++_order));
        }
    }

    /// <summary>Says how long a look at a path took.</summary>
    public void Took(string path, long time, long now)
    {
        if (time <= window)
        {
            _notBefore.Remove(path);
            return;
        }

        if (_notBefore.Count >= CostlyLimit) _notBefore.Clear();
        _notBefore[path] = now + time * CostFactor;
    }

    // Entries of the heap whose path was taken out, or is due earlier by another one.
    private void DropStale()
    {
        while (_byTime.TryPeek(out PendingChange? change, out (long Due, long Order) at)
            && (!_byPath.TryGetValue(change.Path, out PendingChange? current) || current != change || change.Due != at.Due))
        {
            _byTime.Dequeue();
        }
    }
}
