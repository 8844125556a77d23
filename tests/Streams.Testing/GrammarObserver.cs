namespace Streams.Testing;

/// <summary>
/// Takes what a collector gives out and notes each breach of the grammar of observables: <c>OnNext* (OnError | OnCompleted)?</c>, one call
/// at a time, none that begins after the subscription has been disposed of.
/// </summary>
public sealed class GrammarObserver<T> : IObserver<T>
{
    private readonly Lock _gate = new();
    private readonly List<string> _calls = [];
    private readonly List<string> _breaches = [];
    private readonly TaskCompletionSource<Exception?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isIn;
    private bool _isDisposed;

    /// <summary>Called within <c>OnNext</c>; null for nothing.</summary>
    public Action<T>? Next { get; set; }

    /// <summary>Called within <c>OnCompleted</c>; null for nothing.</summary>
    public Action? Completed { get; set; }

    /// <summary>What was wrong.</summary>
    public IReadOnlyList<string> Breaches
    {
        get
        {
            lock (_gate) return [.. _breaches];
        }
    }

    /// <summary>How it ended: with null, or with the failure.</summary>
    public Task<Exception?> Ended => _ended.Task;

    /// <summary>From now on nothing may begin.</summary>
    public void Disposed()
    {
        lock (_gate) _isDisposed = true;
    }

    /// <inheritdoc/>
    public void OnNext(T value) => Call("OnNext", () => Next?.Invoke(value));

    /// <inheritdoc/>
    public void OnError(Exception error) => Call("OnError", () => _ended.TrySetResult(error));

    /// <inheritdoc/>
    public void OnCompleted() => Call("OnCompleted", () =>
    {
        _ended.TrySetResult(null);
        Completed?.Invoke();
    });

    private void Call(string name, Action act)
    {
        lock (_gate)
        {
            if (_isIn) _breaches.Add($"{name} during another call");
            if (_isDisposed) _breaches.Add($"{name} after the subscription was disposed of");
            if (_calls is [.., "OnError" or "OnCompleted"]) _breaches.Add($"{name} after {_calls[^1]}");
            _calls.Add(name);
            _isIn = true;
        }

        try
        {
            act();
        }
        finally
        {
            lock (_gate) _isIn = false;
        }
    }
}
