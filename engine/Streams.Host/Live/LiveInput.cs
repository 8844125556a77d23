using System.Threading.Channels;
using Streams.Events;
using Streams.Events.Input;

namespace Streams.Host.Live;

/// <summary>
/// The one bounded queue between the collectors and the thread that admits. A collector waits while it is full; what that means for its
/// source is the collector's strategy.
/// </summary>
internal sealed class LiveInput
{
    // Batches hold at most a few hundred events: enough to ride out a pause of the collector of garbage, little enough to stay small.
    private const int Capacity = 64;

    private readonly Channel<InputRecord> _queue =
        Channel.CreateBounded<InputRecord>(new BoundedChannelOptions(Capacity) { SingleReader = true, AllowSynchronousContinuations = false });

    /// <summary>Starts a collector, whose batches go into the queue from now on. A collector that cannot go on is told to the caller.</summary>
    public IDisposable Take(ICollector collector, Action<ICollector, Exception> failed) => collector.Subscribe(new Observer(this, collector, failed));

    /// <summary>Puts something into the queue; waits while it is full. After <see cref="Complete"/> it is dropped.</summary>
    public void Add(InputRecord record)
    {
        while (!_queue.Writer.TryWrite(record))
        {
            if (!_queue.Writer.WaitToWriteAsync().AsTask().GetAwaiter().GetResult()) return;
        }
    }

    /// <summary>Puts something into the queue when there is room.</summary>
    public bool TryAdd(InputRecord record) => _queue.Writer.TryWrite(record);

    /// <summary>Nothing more will come.</summary>
    public void Complete() => _queue.Writer.TryComplete();

    /// <summary>Takes what is there.</summary>
    public bool TryTake(out InputRecord? record) => _queue.Reader.TryRead(out record);

    /// <summary>Waits until something is there; false when nothing more will come.</summary>
    public bool Wait() => _queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult();

    private sealed class Observer(LiveInput input, ICollector collector, Action<ICollector, Exception> failed) : IObserver<ReadOnlyMemory<Event>>
    {
        public void OnNext(ReadOnlyMemory<Event> value) => input.Add(new Batch(value));

        public void OnError(Exception error) => failed(collector, error);

        public void OnCompleted()
        {
        }
    }
}
