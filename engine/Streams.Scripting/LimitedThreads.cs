namespace Streams.Scripting;

/// <summary>
/// Does something with each of some items on several threads, and leaves an item behind, with its thread, when that takes too much
/// processor time: a thread cannot be ended from outside.
/// </summary>
internal sealed class LimitedThreads<T>
{
    // How often somebody looks while nothing is done.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly object _gate = new();
    private readonly T[] _items;
    private readonly Action<T> _action;
    private readonly TimeSpan _limit;
    private readonly List<Worker> _workers = [];
    private readonly List<T> _leftBehind = [];
    private int _next;
    private int _done;

    private LimitedThreads(T[] items, Action<T> action, TimeSpan limit) => (_items, _action, _limit) = (items, action, limit);

    /// <summary>Does it, and returns when all items are done or left behind.</summary>
    /// <param name="items">The items.</param>
    /// <param name="threads">How many threads; at least one.</param>
    /// <param name="action">What to do; it does not throw.</param>
    /// <param name="limit">How much processor time one item may take.</param>
    /// <returns>The items that were left behind.</returns>
    public static IReadOnlyList<T> Run(T[] items, int threads, Action<T> action, TimeSpan limit)
    {
        var run = new LimitedThreads<T>(items, action, limit);
        lock (run._gate)
        {
            for (int i = 0; i < Math.Min(threads, items.Length); i++) run.Start();
            while (run._done < items.Length)
            {
                Monitor.Wait(run._gate, Interval);
                run.LeaveBehind();
            }
        }

        return run._leftBehind;
    }

    private void Start()
    {
        var worker = new Worker();
        _workers.Add(worker);
        new Thread(() => Work(worker)) { IsBackground = true, Name = "scripts" }.Start();
    }

    private void Work(Worker worker)
    {
        worker.Thread = ProcessorTime.CurrentThread;
        while (Take(worker) is { } index)
        {
            _action(_items[index]);
            lock (_gate)
            {
                if (worker.IsLeftBehind) return;
                worker.Item = null;
                _done++;
                Monitor.PulseAll(_gate);
            }
        }
    }

    private int? Take(Worker worker)
    {
        lock (_gate)
        {
            if (_next == _items.Length) return null;
            worker.Since = ProcessorTime.Of(worker.Thread);
            return worker.Item = _next++;
        }
    }

    private void LeaveBehind()
    {
        foreach (Worker worker in _workers.ToArray())
        {
            if (worker.IsLeftBehind || worker.Item is not { } index) continue;
            if (!(ProcessorTime.Of(worker.Thread) - worker.Since >= _limit)) continue;
            worker.IsLeftBehind = true;
            ProcessorTime.Yield(worker.Thread);
            _leftBehind.Add(_items[index]);
            _done++;
            if (_next < _items.Length) Start();
        }
    }

    private sealed class Worker
    {
        public int Thread { get; set; }

        public int? Item { get; set; }

        public TimeSpan? Since { get; set; }

        public bool IsLeftBehind { get; set; }
    }
}
