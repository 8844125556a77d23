using Streams.Events;
using Streams.Events.Input;

namespace Streams.Host.Live;

/// <summary>
/// The one way from the collectors to the engine, one record at a time. A batch that finds nobody before it is admitted by the thread that
/// brings it; else it waits in a bounded queue for the thread that runs <see cref="AdmitAll"/>. A collector waits while the queue is full;
/// what that means for its source is the collector's strategy.
/// </summary>
/// <remarks>
/// To wake another thread costs as much as to admit a handful of events, which is what a batch holds up to some thousand events a second:
/// it was a tenth of all processor time. A collector admits its own batch only, so that it is never held up by what others bring.
/// </remarks>
/// <param name="admit">Takes each record, on one thread at a time; it must not throw.</param>
/// <param name="drained">Is called in the same way when nothing waits any more.</param>
internal sealed class LiveInput(Action<InputRecord> admit, Action drained)
{
    // Batches hold at most a few hundred events: enough to ride out a pause of the collector of garbage, little enough to stay small.
    private const int Capacity = 64;

    private readonly Queue<InputRecord> _queue = new(Capacity);
    private bool _isAdmitting;
    private bool _isAdmitterWaiting;
    private int _waitingWriters;
    private bool _isComplete;

    /// <summary>Starts a collector, whose batches are admitted from now on. A collector that cannot go on is told to the caller.</summary>
    public IDisposable Take(ICollector collector, Action<ICollector, Exception> failed) =>
        collector.Subscribe(new Observer(this, collector, failed));

    /// <summary>
    /// Admits something, or leaves it to be admitted; waits while too much does. After <see cref="Complete"/> it is dropped.
    /// </summary>
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

            if (_isAdmitting || _queue.Count > 0 || _isComplete)
            {
                Enqueue(record);
                return;
            }

            _isAdmitting = true;
        }

        admit(record);
        EndTurn();
    }

    /// <summary>Leaves something to be admitted, when there is room.</summary>
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

    /// <summary>Admits what waits; returns when all is admitted and nothing more will come.</summary>
    public void AdmitAll()
    {
        while (BeginTurn())
        {
            while (TryTake(out InputRecord? record)) admit(record!);
            EndTurn();
        }
    }

    private bool BeginTurn()
    {
        lock (_queue)
        {
            while (_isAdmitting || _queue.Count == 0)
            {
                if (_isComplete && !_isAdmitting) return false;
                _isAdmitterWaiting = true;
                Monitor.Wait(_queue);
                _isAdmitterWaiting = false;
            }

            return _isAdmitting = true;
        }
    }

    private void EndTurn()
    {
        drained();
        lock (_queue)
        {
            _isAdmitting = false;
            if (_isAdmitterWaiting && (_queue.Count > 0 || _isComplete)) Monitor.PulseAll(_queue);
        }
    }

    private bool TryTake(out InputRecord? record)
    {
        lock (_queue)
        {
            if (!_queue.TryDequeue(out record)) return false;
            // Half of it at a time, so that a collector that waits is not woken for each batch.
            if (_waitingWriters > 0 && _queue.Count <= Capacity / 2) Monitor.PulseAll(_queue);
            return true;
        }
    }

    private bool Enqueue(InputRecord record)
    {
        if (_isComplete) return false;
        _queue.Enqueue(record);
        if (_isAdmitterWaiting && !_isAdmitting) Monitor.PulseAll(_queue);
        return true;
    }

    private sealed class Observer(LiveInput input, ICollector collector, Action<ICollector, Exception> failed)
        : IObserver<ReadOnlyMemory<Event>>
    {
        public void OnNext(ReadOnlyMemory<Event> value) => input.Add(new Batch(value));

        public void OnError(Exception error) => failed(collector, error);

        public void OnCompleted()
        {
        }
    }
}
