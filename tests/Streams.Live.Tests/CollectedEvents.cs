using Streams.Events;

namespace Streams.Live.Tests;

/// <summary>Takes what a collector gives out, and waits for what is expected. It can be held, as a consumer that is too slow.</summary>
internal sealed class CollectedEvents : IObserver<ReadOnlyMemory<Event>>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly object _gate = new();
    private readonly List<Event> _events = [];
    private bool _isHeld;
    private bool _hasEnded;
    private Exception? _error;

    /// <summary>All so far.</summary>
    public IReadOnlyList<Event> All
    {
        get
        {
            lock (_gate) return [.. _events];
        }
    }

    /// <summary>Takes nothing any more.</summary>
    public void Hold()
    {
        lock (_gate) _isHeld = true;
    }

    /// <summary>Takes events again.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _isHeld = false;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits for an event of a kind.</summary>
    public T Wait<T>(Func<T, bool> expected)
        where T : Event
    {
        lock (_gate)
        {
            long started = TimeProvider.System.GetTimestamp();
            for (; ; )
            {
                if (_events.OfType<T>().FirstOrDefault(expected) is { } found) return found;
                Assert.Null(_error);
                Assert.False(_hasEnded, "the collector has ended");
                bool isInTime = TimeProvider.System.GetElapsedTime(started) < Patience;
                Assert.True(isInTime, $"no such {typeof(T).Name} among {_events.Count} events");
                Monitor.Wait(_gate, 100);
            }
        }
    }

    /// <summary>Waits for what the collector tells about itself.</summary>
    public Document Wait(string action) => Wait<Document>(document => document.Action == action);

    public void OnNext(ReadOnlyMemory<Event> value)
    {
        lock (_gate)
        {
            while (_isHeld) Monitor.Wait(_gate);
            _events.AddRange(value.ToArray());
            Monitor.PulseAll(_gate);
        }
    }

    public void OnError(Exception error)
    {
        lock (_gate)
        {
            _error = error;
            Monitor.PulseAll(_gate);
        }
    }

    public void OnCompleted()
    {
        lock (_gate)
        {
            _hasEnded = true;
            Monitor.PulseAll(_gate);
        }
    }
}
