using Streams.Events;
using Streams.Files.Watching;

namespace Streams.Files.Tests.Watching;

/// <summary>A collector over a folder, and what it has told. Waiting is for what it tells, with a generous limit.</summary>
internal sealed class Watcher : IObserver<ReadOnlyMemory<Event>>, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly object _gate = new();
    private readonly List<Event> _events = [];
    private readonly IDisposable _subscription;
    private Exception? _failure;
    private bool _isCompleted;

    public Watcher(
        FilesOptions options, int queueLimit = 65_536, Action? onNext = null, bool isAcknowledged = false,
        FileSurroundings? surroundings = null)
    {
        OnEvents = onNext;
        Collector = new FileCollector(options, TimeProvider.System, surroundings)
        {
            IgnoredPid = 0,
            QueueLimit = queueLimit,
            IsAcknowledged = isAcknowledged,
        };
        _subscription = Collector.Subscribe(this);
    }

    public FileCollector Collector { get; }

    public Action? OnEvents { get; set; }

    public IReadOnlyList<FileEvent> Files
    {
        get
        {
            lock (_gate) return [.. _events.OfType<FileEvent>()];
        }
    }

    public IReadOnlyList<Event> Events
    {
        get
        {
            lock (_gate) return [.. _events];
        }
    }

    /// <summary>A collector over a folder, when it has scanned it.</summary>
    public static Watcher Over(Folder folder, string backend, string path = "", bool recursive = true)
    {
        Backends.Need(backend);
        var watcher = new Watcher(Options(folder, backend, path, recursive));
        watcher.WaitForScans(1);
        return watcher;
    }

    public static FilesOptions Options(Folder folder, string backend, string path = "", bool recursive = true) => new()
    {
        Host = "h",
        Paths = [new WatchedPath(path.Length == 0 ? folder.Tree : folder.At(path), recursive)],
        Backend = Enum.Parse<FilesBackend>(backend, ignoreCase: true),
        ScanRatePerSecond = 0,
        StatePath = folder.State,
    };

    public void WaitForScans(int scans) => WaitFor(e => e is Heartbeat && Counter("scans") >= scans, "a scan");

    public long Counter(string name) => Collector.Counters.FirstOrDefault(counter => counter.Key == name).Value;

    /// <summary>Waits until something was told of a path.</summary>
    public FileEvent WaitForFile(string path, string action) =>
        (FileEvent)WaitFor(e => e is FileEvent file && file.Path == path && file.Actions.Contains(action), $"{action} {path}")!;

    /// <summary>Waits for an event; null when all has ended before it came.</summary>
    public Event? WaitFor(Func<Event, bool> isIt, string what)
    {
        long limit = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        lock (_gate)
        {
            for (int next = 0; ; next++)
            {
                while (next == _events.Count && !_isCompleted)
                {
                    if (_failure is not null) throw new InvalidOperationException("the collector has failed", _failure);
                    long rest = limit - Environment.TickCount64;
                    string told = string.Join(", ", _events.OfType<FileEvent>().TakeLast(20).Select(Text));
                    Assert.True(rest > 0, $"{what} was not told; told were {told}");
                    Monitor.Wait(_gate, (int)rest);
                }

                if (next == _events.Count) return null;
                if (isIt(_events[next])) return _events[next];
            }
        }
    }

    /// <summary>Stops, and gives what was told of changes by then: the action and the path below the tree.</summary>
    public IReadOnlyList<FileEvent> Stop()
    {
        _subscription.Dispose();
        WaitFor(_ => false, "the end");
        return Files;
    }

    public static string Text(FileEvent e) => $"{string.Join('+', e.Actions)} {e.Path}{(e.MovedFrom is { } from ? $" from {from}" : "")}";

    public void OnNext(ReadOnlyMemory<Event> value)
    {
        OnEvents?.Invoke();
        lock (_gate)
        {
            _events.AddRange(value.Span);
            Monitor.PulseAll(_gate);
        }
    }

    public void OnError(Exception error)
    {
        lock (_gate)
        {
            _failure = error;
            Monitor.PulseAll(_gate);
        }
    }

    public void OnCompleted()
    {
        lock (_gate)
        {
            _isCompleted = true;
            Monitor.PulseAll(_gate);
        }
    }

    public void Dispose() => _subscription.Dispose();
}
