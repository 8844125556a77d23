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

    // Of those that are not among the first, in a ring.
    private Event[]? _last;
    private int _lastCount;
    private int _oldest;
    private Event? _newest;

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
        copy._last = (Event[]?)_last?.Clone();
        (copy._lastCount, copy._oldest, copy._newest) = (_lastCount, _oldest, _newest);
        return copy;
    }

    /// <summary>Adds the events that an element stands for.</summary>
    public void Add<T>(T element, Event? delivered)
    {
        if (element is Event e) Add(e);
        else if (element is Episode episode) foreach (Event each in episode.Evidence) Add(each);
        else if (delivered is not null) Add(delivered);
    }

    public IReadOnlyList<Event> ToList()
    {
        var all = new List<Event>(_first.Count + _lastCount);
        all.AddRange(_first);
        for (int i = 0; i < _lastCount; i++) all.Add(_last![(_oldest + i) % Each]);
        return all;
    }

    private void Add(Event e)
    {
        bool isNewest = _newest is null || !IsBefore(e, _newest);
        if (isNewest) _newest = e;
        if (_first.Count < Each)
        {
            Insert(_first, e);
        }
        else if (isNewest)
        {
            Append(e);
        }
        else
        {
            InsertLate(e);
        }
    }

    private void Append(Event e)
    {
        _last ??= new Event[Each];
        if (_lastCount < Each)
        {
            _last[_lastCount++] = e;
            return;
        }

        _last[_oldest] = e;
        _oldest = (_oldest + 1) % Each;
    }

    private void InsertLate(Event e)
    {
        if (IsBefore(e, _first[^1]))
        {
            Event next = _first[^1];
            _first.RemoveAt(Each - 1);
            Insert(_first, e);
            e = next;
        }

        List<Event> last = [];
        for (int i = 0; i < _lastCount; i++) last.Add(_last![(_oldest + i) % Each]);
        Insert(last, e);
        if (last.Count > Each) last.RemoveAt(0);
        _last ??= new Event[Each];
        last.CopyTo(_last);
        (_lastCount, _oldest) = (last.Count, 0);
    }

    // As their ids compare, which to make costs more.
    private static bool IsBefore(Event e, Event other) =>
        e.OccurredTicks != other.OccurredTicks ? e.OccurredTicks < other.OccurredTicks : e.Id < other.Id;

    private static void Insert(List<Event> events, Event e)
    {
        int place = events.Count;
        while (place > 0 && IsBefore(e, events[place - 1])) place--;
        events.Insert(place, e);
    }
}
