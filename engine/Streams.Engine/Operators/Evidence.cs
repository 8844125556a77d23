using Streams.Events;

namespace Streams.Engine;

/// <summary>The first and the last eight events of something that may go on for long.</summary>
internal sealed class Evidence
{
    private const int Each = 8;

    private readonly List<Event> _first = new(1);
    private Event[]? _last;
    private long _count;

    /// <summary>The events an element stands for: itself, an episode's evidence, else the event being delivered.</summary>
    public static IReadOnlyList<Event> Of<T>(T element, Event? delivered) => element switch
    {
        Event e => [e],
        Episode episode => episode.Evidence,
        _ => delivered is null ? [] : [delivered],
    };

    /// <summary>Adds the events that an element stands for.</summary>
    public void Add<T>(T element, Event? delivered)
    {
        if (element is Event e) Add(e);
        else if (element is Episode episode) foreach (Event each in episode.Evidence) Add(each);
        else if (delivered is not null) Add(delivered);
    }

    private void Add(Event e)
    {
        if (_first.Count < Each)
        {
            _first.Add(e);
            return;
        }

        _last ??= new Event[Each];
        _last[_count++ % Each] = e;
    }

    public IReadOnlyList<Event> ToList()
    {
        if (_last is null) return Sorted([.. _first]);
        int kept = (int)Math.Min(_count, Each);
        return Sorted([.. _first, .. _last.Take(kept)]);
    }

    private static Event[] Sorted(Event[] events)
    {
        Array.Sort(events, static (a, b) => a.Id.CompareTo(b.Id));
        return events;
    }
}
