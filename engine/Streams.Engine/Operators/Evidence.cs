using Streams.Events;

namespace Streams.Engine;

/// <summary>
/// The first and the last eight events of something that may go on for long, in the order in which they occurred, whatever order they
/// arrive in.
/// </summary>
internal sealed class Evidence
{
    private const int Each = 8;

    private readonly List<Event> _first = new(1);

    // Of those that are not among the first.
    private List<Event>? _last;

    /// <summary>The events an element stands for: itself, an episode's evidence, else the event being delivered.</summary>
    public static IReadOnlyList<Event> Of<T>(T element, Event? delivered) => element switch
    {
        Event e => [e],
        Episode episode => episode.Evidence,
        _ => delivered is null ? [] : [delivered],
    };

    public Evidence Copy()
    {
        var copy = new Evidence();
        copy._first.AddRange(_first);
        if (_last is not null) copy._last = [.. _last];
        return copy;
    }

    /// <summary>Adds the events that an element stands for.</summary>
    public void Add<T>(T element, Event? delivered)
    {
        if (element is Event e) Add(e);
        else if (element is Episode episode) foreach (Event each in episode.Evidence) Add(each);
        else if (delivered is not null) Add(delivered);
    }

    public IReadOnlyList<Event> ToList() => _last is null ? [.. _first] : [.. _first, .. _last];

    private void Add(Event e)
    {
        if (_first.Count < Each)
        {
            Insert(_first, e);
            return;
        }

        if (e.Id < _first[^1].Id)
        {
            Event next = _first[^1];
            _first.RemoveAt(Each - 1);
            Insert(_first, e);
            e = next;
        }

        _last ??= new List<Event>(Each);
        if (_last.Count == Each)
        {
            if (e.Id < _last[0].Id) return;
            _last.RemoveAt(0);
        }

        Insert(_last, e);
    }

    private static void Insert(List<Event> events, Event e)
    {
        int place = events.Count;
        while (place > 0 && events[place - 1].Id > e.Id) place--;
        events.Insert(place, e);
    }
}
