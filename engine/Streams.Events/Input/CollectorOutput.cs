namespace Streams.Events.Input;

/// <summary>
/// Keeps a collector to the grammar of observables: <c>OnNext* (OnError | OnCompleted)?</c>, and nothing that begins after
/// <see cref="Close"/>. The collector calls one at a time; <see cref="Close"/> is for any thread and waits for nothing.
/// </summary>
/// <param name="observer">Who has subscribed.</param>
public sealed class CollectorOutput(IObserver<ReadOnlyMemory<Event>> observer)
{
    private const int Open = 0, Calling = 1, Closed = 2;

    private int _state;

    /// <summary>Passes a batch on.</summary>
    /// <returns>False when it was not, since the output is closed.</returns>
    public bool OnNext(ReadOnlyMemory<Event> batch)
    {
        int state = Interlocked.CompareExchange(ref _state, Calling, Open);
        if (state == Closed) return false;
        if (state == Calling) throw new InvalidOperationException("A collector gives out one batch at a time.");
        try
        {
            observer.OnNext(batch);
            return true;
        }
        finally
        {
            Interlocked.CompareExchange(ref _state, Open, Calling);
        }
    }

    /// <summary>
    /// Passes the end on, unless it has been passed on or the output is closed. What the observer throws then is dropped: it has had its
    /// last call, and on a thread of the collector's own it would end the process.
    /// </summary>
    /// <param name="failure">Why the collector cannot continue; null when it was stopped.</param>
    public void End(Exception? failure)
    {
        if (Interlocked.Exchange(ref _state, Closed) == Closed) return;
        try
        {
            if (failure is null) observer.OnCompleted();
            else observer.OnError(failure);
        }
        catch (Exception error) when (EventFaults.IsContained(error))
        {
        }
    }

    /// <summary>The subscription has ended: nothing more is passed on. A call that is under way is not interrupted.</summary>
    public void Close() => Interlocked.Exchange(ref _state, Closed);
}
