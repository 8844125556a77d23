namespace Streams.Files.Watching;

/// <summary>
/// The notices between those who read them from the kernel and the one who looks at the files. Full, it takes no more, and remembers in
/// which folders something was missed: nobody waits who reads, and those folders are looked at again.
/// </summary>
internal sealed class NoticeQueue(int limit, TimeProvider time)
{
    /// <summary>Stands for all that is watched.</summary>
    public const string Everywhere = "";

    // More folders than these are everywhere.
    private const int FolderLimit = 1024;

    private readonly object _gate = new();
    private readonly Queue<(Notice Notice, DateTimeOffset At)> _queue = new();
    private readonly HashSet<string> _missed = new(StringComparer.Ordinal);
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
            if (_queue.Count < limit)
            {
                _queue.Enqueue((notice, time.GetUtcNow()));
                Monitor.PulseAll(_gate);
                return;
            }

            Volatile.Write(ref _dropped, _dropped + 1);
            Miss(Path.GetDirectoryName(notice.Path) ?? "/");
            if (notice.From is not null) Miss(Path.GetDirectoryName(notice.From) ?? "/");
        }
    }

    /// <summary>The kernel had no room: anything may have happened in these folders.</summary>
    public void Miss(IEnumerable<string> folders)
    {
        lock (_gate)
        {
            foreach (string folder in folders) Miss(folder);
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
    /// <returns>The folders in which something was missed; <see cref="Everywhere"/> among them stands for all.</returns>
    public IReadOnlyList<string> TakeAll(List<(Notice Notice, DateTimeOffset At)> into)
    {
        lock (_gate)
        {
            into.AddRange(_queue);
            _queue.Clear();
            if (_missed.Count == 0) return [];
            string[] missed = [.. _missed];
            _missed.Clear();
            return missed;
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

    private void Miss(string folder)
    {
        _missed.Add(_missed.Count < FolderLimit ? folder : Everywhere);
        _isWoken = true;
        Monitor.PulseAll(_gate);
    }
}
