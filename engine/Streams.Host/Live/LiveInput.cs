using Streams.Events;
using Streams.Events.Input;

namespace Streams.Host.Live;

/// <summary>
/// The one bounded queue between the collectors and the thread that admits. A collector waits while it is full; what that means for its
/// source is the collector's strategy.
/// </summary>
/// <remarks>
/// Both sides are threads that wait, and a System.Threading.Channels channel wakes a waiting thread through one of the thread pool: at
/// 100,000 events a second that was a twentieth of all processor time.
/// </remarks>
internal sealed class LiveInput
{
    // Batches hold at most a few hundred events: enough to ride out a pause of the collector of garbage, little enough to stay small.
    private const int Capacity = 64;

    private readonly Queue<InputRecord> _queue = new(Capacity);
    private bool _isReaderWaiting;
    private int _waitingWriters;
    private bool _isComplete;

    /// <summary>Starts a collector, whose batches go into the queue from now on. A collector that cannot go on is told to the caller.</summary>
    public IDisposable Take(ICollector collector, Action<ICollector, Exception> failed) => collector.Subscribe(new Observer(this, collector, failed));

    /// <summary>Puts something into the queue; waits while it is full. After <see cref="Complete"/> it is dropped.</summary>
    public void Add(InputRecord record)
    {
        lock (_queue)
        {
            while (_queue.Count >= Capacity && !_isComplete)
            {
                _waitingWriters++;
                Monitor.Wait(_queue);
                _waitingWriters--;
            }

            Enqueue(record);
        }
    }

    /// <summary>Puts something into the queue when there is room.</summary>
    public bool TryAdd(InputRecord record)
    {
        lock (_queue) return _queue.Count < Capacity && Enqueue(record);
    }

    /// <summary>Nothing more will come.</summary>
    public void Complete()
    {
        lock (_queue)
        {
            _isComplete = true;
            Monitor.PulseAll(_queue);
        }
    }

    /// <summary>Takes what is there.</summary>
    public bool TryTake(out InputRecord? record)
    {
        lock (_queue)
        {
            if (!_queue.TryDequeue(out record)) return false;
            // Half of it at a time, so that a collector that waits is not woken for each batch.
            if (_waitingWriters > 0 && _queue.Count <= Capacity / 2) Monitor.PulseAll(_queue);
            return true;
        }
    }

    /// <summary>Waits until something is there; false when nothing more will come.</summary>
    public bool Wait()
    {
        lock (_queue)
        {
            while (_queue.Count == 0)
            {
                if (_isComplete) return false;
                _isReaderWaiting = true;
                Monitor.Wait(_queue);
                _isReaderWaiting = false;
            }

            return true;
        }
    }

    private bool Enqueue(InputRecord record)
    {
        if (_isComplete) return false;
        _queue.Enqueue(record);
        if (_isReaderWaiting) Monitor.PulseAll(_queue);
        return true;
    }

    private sealed class Observer(LiveInput input, ICollector collector, Action<ICollector, Exception> failed) : IObserver<ReadOnlyMemory<Event>>
    {
        public void OnNext(ReadOnlyMemory<Event> value) => input.Add(new Batch(value));

        public void OnError(Exception error) => failed(collector, error);

        public void OnCompleted()
        {
        }
    }
}
