namespace Streams.Files.Watching;

/// <summary>
/// The notices between those who read them from the kernel and the one who looks at the files. Full, it takes no more and says so with an
/// <see cref="Happened.Overflow"/>: nobody waits who reads, and everything is looked at again.
/// </summary>
internal sealed class NoticeQueue(int limit, TimeProvider time)
{
    private readonly object _gate = new();
    private readonly Queue<(Notice Notice, DateTimeOffset At)> _queue = new();
    private bool _isFull;
    private bool _isWoken;
    private long _dropped;

    /// <summary>How many notices wait.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _queue.Count;
        }
    }

    /// <summary>Notices that found no room.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Hands a notice over.</summary>
    public void Add(Notice notice)
    {
        lock (_gate)
        {
            if (_queue.Count >= limit)
            {
                Volatile.Write(ref _dropped, _dropped + 1);
                if (_isFull) return;
                _isFull = true;
                notice = new Notice("", Happened.Overflow, IsFolder: true);
            }
            else
            {
                _isFull = false;
            }

            _queue.Enqueue((notice, time.GetUtcNow()));
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits for a notice or for <see cref="Wake"/>.</summary>
    public void Wait(int milliseconds)
    {
        lock (_gate)
        {
            if (_queue.Count == 0 && !_isWoken && milliseconds > 0) Monitor.Wait(_gate, milliseconds);
            _isWoken = false;
        }
    }

    /// <summary>Takes what there is.</summary>
    /// <param name="into">Gets the notices, and when they came.</param>
    public void TakeAll(List<(Notice Notice, DateTimeOffset At)> into)
    {
        lock (_gate)
        {
            into.AddRange(_queue);
            _queue.Clear();
        }
    }

    /// <summary>Lets the one who waits go on.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            _isWoken = true;
            Monitor.PulseAll(_gate);
        }
    }
}
