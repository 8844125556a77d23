using System.Runtime.CompilerServices;

namespace Streams.Events;

public abstract partial class Event
{
    private const int Taken = 1 << 16;
    private const int Examined = 1 << 17;

    // The exceptions of events at which something failed while they were read; there is room for none in an event.
    private static readonly ConditionalWeakTable<Event, Exception> Errors = [];

    // The fault (8 bits), the one that Examine has found (8), whether somebody has taken it, whether it was examined.
    private int _fault;

    /// <summary>
    /// The first thing that Streams failed at with this event so far. What a collector failed at is known from the start; what fails when
    /// fields are read, once they are. Queries read <c>streams.fault</c>, which does not depend on who read what before.
    /// </summary>
    public EventFault Fault => (EventFault)(byte)Volatile.Read(ref _fault);

    /// <summary>
    /// Hands over a fault that was found since the collector let the event go: to the first that asks, so that it is counted once.
    /// </summary>
    /// <param name="error">What was thrown.</param>
    /// <returns>The fault; <see cref="EventFault.None"/> where there is nothing new.</returns>
    public EventFault TakeFault(out Exception? error)
    {
        error = null;
        int known = Volatile.Read(ref _fault);
        if ((byte)known == 0 || (known & Taken) != 0 || (Interlocked.Or(ref _fault, Taken) & Taken) != 0) return EventFault.None;
        _ = Errors.TryGetValue(this, out error);
        return (EventFault)(byte)known;
    }

    /// <summary>Marks the event, where it is not marked yet.</summary>
    public void Fail(EventFault fault, Exception error)
    {
        int known = Volatile.Read(ref _fault);
        while ((byte)known == 0)
        {
            Errors.AddOrUpdate(this, error);
            int before = Interlocked.CompareExchange(ref _fault, known | (int)fault, known);
            if (before == known) return;
            known = before;
        }
    }

    /// <summary>The fault that it was made with, or that was found when all of it was decoded.</summary>
    internal EventFault KnownFault => (EventFault)(byte)(Volatile.Read(ref _fault) >> 8);

    /// <summary>Marks it from the start: who made it has counted the fault.</summary>
    private protected void BeginWith(EventFault fault)
    {
        if (fault != EventFault.None) _fault = (int)fault | Taken | Examined | (int)fault << 8;
    }

    /// <summary>
    /// <c>streams.fault</c>: the collector's, or what fails when the whole event is decoded. The same whatever was read of it before, and
    /// so for every query on every shard.
    /// </summary>
    private protected FieldValue FaultField()
    {
        int known = Volatile.Read(ref _fault);
        if ((known & Examined) == 0)
        {
            EventFault found = Examine();
            known = Interlocked.Or(ref _fault, Examined | (int)found << 8) | Examined | (int)found << 8;
        }

        return FieldValue.From(EventFaults.Name((EventFault)(byte)(known >> 8)));
    }

    /// <summary>Decodes everything of it, to see whether that fails.</summary>
    private protected virtual EventFault Examine() => EventFault.None;
}
