using System.Collections.Concurrent;
using System.Threading.Channels;
using Streams.Events;

namespace Streams.Notify.Tests;

/// <summary>A destination of a test: it tells what it was given and does what the test says.</summary>
/// <param name="deliver">What it does with an alert; null is to take it.</param>
internal sealed class RecordingNotifier(Action<Alert, CancellationToken>? deliver = null) : INotifier
{
    private readonly Channel<string> _attempts = Channel.CreateUnbounded<string>();

    public string Name => "test";

    public ConcurrentQueue<string> Delivered { get; } = [];

    public bool IsDisposed { get; private set; }

    public void Notify(Alert alert, CancellationToken stop)
    {
        _attempts.Writer.TryWrite(alert.Message);
        deliver?.Invoke(alert, stop);
        Delivered.Enqueue(alert.Message);
    }

    public void Dispose() => IsDisposed = true;

    /// <summary>Waits for the next attempt.</summary>
    public Task<string> Attempt() => _attempts.Reader.ReadAsync().AsTask().WaitAsync(Some.Patience);
}
