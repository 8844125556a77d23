using Streams.Events;

namespace Streams.Files.Watching;

/// <summary>
/// Events that were given out and may not have arrived. Each is kept in one transaction with what it tells of the file, before it is given
/// out; a kill leaves either both or none, and the next start gives out once more, word for word, what nobody has acknowledged.
/// One thread at a time, but for <see cref="Acknowledge"/>.
/// </summary>
internal sealed class UnacknowledgedEvents(Baseline baseline)
{
    // Nobody acknowledges while nobody reads the alerts. What is dropped is the oldest, and only from what a restart tells again.
    private const int Limit = 16_384;

    private readonly object _gate = new();

    // How many events of all kinds had been given out with a batch, and the number of the last that is kept.
    private readonly Queue<(long Given, long Number)> _batches = new();
    private long _given;
    private long _last;
    private long _forgotten;
    private long _acknowledged;

    /// <summary>Events that wait for an acknowledgement.</summary>
    public long Count => Volatile.Read(ref _last) - Volatile.Read(ref _forgotten);

    /// <summary>The number of the last event that is kept.</summary>
    public long Last => _last;

    /// <summary>The events that the process before gave out and nobody acknowledged, with their numbers.</summary>
    public IReadOnlyList<(long Number, DateTimeOffset Occurred, byte[] Document)> TakeOver()
    {
        IReadOnlyList<(long Number, DateTimeOffset Occurred, byte[] Document)> kept = baseline.Events();
        if (kept.Count > 0) (_forgotten, _last) = (kept[0].Number - 1, kept[^1].Number);
        return kept;
    }

    /// <summary>Keeps an event, with what else is written until the next commit.</summary>
    public void Keep(FileEvent e)
    {
        Volatile.Write(ref _last, _last + 1);
        baseline.KeepEvent(_last, e.Occurred, e.Json);
    }

    /// <summary>A batch is about to be given out.</summary>
    /// <param name="events">How many events it has.</param>
    /// <param name="number">The number of the last of them that is kept, or of one before.</param>
    public void Given(int events, long number)
    {
        lock (_gate) _given += events;
        _batches.Enqueue((_given, number));
    }

    /// <summary>So many of the events have arrived; from any thread.</summary>
    /// <returns>Whether that is all that were given out.</returns>
    public bool Acknowledge(long events)
    {
        lock (_gate)
        {
            _acknowledged = events;
            if (_acknowledged < _given) return false;
            Monitor.PulseAll(_gate);
            return true;
        }
    }

    /// <summary>All that was given out has arrived.</summary>
    public void AcknowledgeAll() => Acknowledge(_given);

    /// <summary>Waits until all has arrived.</summary>
    public void Wait(int milliseconds)
    {
        lock (_gate)
        {
            if (_acknowledged < _given) Monitor.Wait(_gate, milliseconds);
        }
    }

    /// <summary>Forgets what has arrived, with the next commit.</summary>
    public void Forget()
    {
        long acknowledged;
        lock (_gate) acknowledged = _acknowledged;
        long arrived = Math.Max(_forgotten, _last - Limit);
        while (_batches.TryPeek(out (long Given, long Number) batch) && (batch.Given <= acknowledged || batch.Number <= arrived))
            arrived = Math.Max(arrived, _batches.Dequeue().Number);
        if (arrived == _forgotten) return;
        Volatile.Write(ref _forgotten, arrived);
        baseline.ForgetEvents(arrived);
    }
}
