namespace Streams.Events.Input;

/// <summary>
/// A source of events that occur while it watches. It starts when it is subscribed to, once, and stops when the subscription is disposed:
/// what it has taken by then is given out first. Batches are given out one at a time, on threads of the collector's own.
/// </summary>
/// <remarks>
/// <c>OnNext</c> may block: what happens at the source meanwhile is the collector's strategy. <c>OnError</c> says that it cannot go on,
/// with a message that names what to do. At least every second it gives out a <see cref="Heartbeat"/>.
/// </remarks>
public interface ICollector : IObservable<ReadOnlyMemory<Event>>
{
    /// <summary>What its events have as <see cref="Event.Collector"/>: <c>audit</c>, <c>files</c>.</summary>
    string Name { get; }

    /// <summary>
    /// What it has counted since it started, by dotted name (<c>records</c>, <c>events</c>, <c>torn</c>, <c>lost.kernel</c>). May be read
    /// from any thread.
    /// </summary>
    IReadOnlyList<KeyValuePair<string, long>> Counters { get; }

    /// <summary>
    /// What it does not watch at present, and why; empty when it watches all that it should. May be read from any thread.
    /// </summary>
    IReadOnlyList<CollectorCondition> Conditions => [];

    /// <summary>
    /// Says how many of the events that it has given out since it started are dealt with: the queries have seen them, and what they said of
    /// them is out. A collector that keeps a position moves it up to there and no further, so that what a kill interrupts is told again
    /// rather than never; others need not listen. From any thread.
    /// </summary>
    /// <param name="events">All of them so far; never less than before.</param>
    void Acknowledge(long events)
    {
    }
}
