using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Streams.Events.Input;

namespace Streams.Host.Running;

/// <summary>Hands batches from the thread that reads to the thread that works on them; who is faster waits.</summary>
internal sealed class BatchQueue(int capacity)
{
    private readonly Channel<Batch> _channel = Channel.CreateBounded<Batch>(
        new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });

    /// <summary>Adds a batch; waits while the queue is full.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Add(Batch batch, CancellationToken cancellation)
    {
        while (!_channel.Writer.TryWrite(batch))
        {
            _channel.Writer.WaitToWriteAsync(cancellation).AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>No more will come.</summary>
    /// <param name="error">Why, when something went wrong.</param>
    public void Complete(Exception? error = null) => _channel.Writer.TryComplete(error);

    /// <summary>Takes a batch when one is there.</summary>
    public bool TryTake([MaybeNullWhen(false)] out Batch batch) => _channel.Reader.TryRead(out batch);

    /// <summary>Waits until a batch is there; false when no more will come.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public bool Wait(CancellationToken cancellation) => _channel.Reader.WaitToReadAsync(cancellation).AsTask().GetAwaiter().GetResult();
}
