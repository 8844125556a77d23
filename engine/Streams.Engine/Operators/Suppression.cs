using Streams.Events;

namespace Streams.Engine;

/// <summary>An element of a suppression, and when it counts as having occurred.</summary>
internal readonly record struct Suppressible<T>(Moment Moment, T Value, Event? Delivered);

/// <summary>
/// One episode of a suppression, and those of its key behind it. Until the watermark has passed its first element, an earlier one may
/// arrive and begin the period instead; what is then behind the period leaves the episode again.
/// </summary>
internal sealed class Suppression<T, TKey> : Keyed<TKey>
{
    private readonly Doubling _reported = new(1);
    private Suppressible<T> _first;

    // What stays, but for the first: how many, the latest, and the evidence.
    private long _stays;
    private Suppressible<T> _latest;
    private Evidence? _evidence;
    private string? _host;
    private bool _severalHosts;

    // In order: what may leave the episode again.
    private List<Suppressible<T>>? _held;

    // The earliest beginning with which everything else stays in the episode.
    private long _earliest = long.MinValue;

    public Suppression(TKey key, Suppressible<T> first, EventId trigger) : base(key)
    {
        Trigger = trigger;
        Started = first.Moment.Id.Occurred;
        _first = _latest = first;
    }

    /// <summary>The element with whose arrival it became known; of its key no other episode has the same.</summary>
    public EventId Trigger { get; }

    /// <summary>When it began, as far as was known then.</summary>
    public DateTimeOffset Started { get; }

    /// <summary>The first element.</summary>
    public Moment First => _first.Moment;

    /// <summary>The latest element.</summary>
    public Moment Last => Latest.Moment;

    /// <summary>The next episode of the key.</summary>
    public Suppression<T, TKey>? Next { get; set; }

    /// <summary>What occurred before this is decided, for want of room.</summary>
    public long From { get; set; } = long.MinValue;

    private long Count => 1 + _stays + (_held?.Count ?? 0);

    private Suppressible<T> Latest =>
        _held is { Count: > 0 } held && held[^1].Moment.CompareTo(_latest.Moment) >= 0 ? held[^1] : _latest;

    /// <summary>An element of its period.</summary>
    public void Add(Suppressible<T> element, long watermark, long period)
    {
        // An earlier beginning would be behind the watermark.
        bool mayLeave = First.Occurred > watermark && (watermark == long.MinValue || element.Moment.Occurred - watermark > period);
        if (!mayLeave)
        {
            Keep(element);
            return;
        }

        if (_held is not null && _held.Count >= MaxHeld)
        {
            for (int i = 0; i < MaxHeld / 2; i++) Keep(_held[i]);
            _earliest = Math.Max(_earliest, _held[MaxHeld / 2 - 1].Moment.Occurred - period + 1);
            _held.RemoveRange(0, MaxHeld / 2);
        }

        Hold(element);
    }

    /// <summary>An element that may leave again.</summary>
    public void Hold(Suppressible<T> element)
    {
        _held ??= [];
        int place = _held.Count;
        while (place > 0 && _held[place - 1].Moment.CompareTo(element.Moment) > 0) place--;
        _held.Insert(place, element);
    }

    /// <summary>
    /// It begins earlier, with these elements, and returns what is behind its period now. Where it has no room to do so, they count
    /// in it and it begins as before.
    /// </summary>
    public List<Suppressible<T>> Precede(List<Suppressible<T>> elements, long period, out bool hasRoom)
    {
        hasRoom = elements[0].Moment.Occurred >= _earliest;
        List<Suppressible<T>> left = [];
        if (hasRoom)
        {
            Hold(_first);
            _first = elements[0];
            if (_stays == 0) _latest = _first;
            int stay = _held!.FindIndex(e => e.Moment.Occurred - First.Occurred >= period);
            if (stay >= 0)
            {
                left = _held[stay..];
                _held.RemoveRange(stay, left.Count);
            }
        }

        for (int i = hasRoom ? 1 : 0; i < elements.Count; i++) Hold(elements[i]);
        return left;
    }

    /// <summary>Whether the count has doubled since this was last called.</summary>
    public bool HasDoubled() => _reported.IsDoubled(Count);

    /// <summary>An element that nothing else has reported, and that no other is to count with.</summary>
    public Suppressed<T, TKey> Alone() => Make(AlertStatus.Start, First, Started);

    public Suppressed<T, TKey> Saying(AlertStatus status, Moment at) =>
        Make(status, at, status == AlertStatus.End ? at.Id.Occurred : null);

    private Suppressed<T, TKey> Make(AlertStatus status, Moment at, DateTimeOffset? ended)
    {
        IReadOnlyList<Event> evidence;
        bool severalHosts = _severalHosts || (_stays > 0 && _host != First.Host);
        if (Count == 1)
        {
            evidence = Evidence.Of(_first.Value, _first.Delivered);
        }
        else
        {
            Evidence all = _evidence?.Copy() ?? new Evidence();
            all.Add(_first.Value, _first.Delivered);
            foreach (Suppressible<T> each in _held ?? [])
            {
                all.Add(each.Value, each.Delivered);
                severalHosts |= each.Moment.Host != First.Host;
            }

            evidence = all.ToList();
        }

        return new Suppressed<T, TKey>
        {
            Key = Key,
            Event = _first.Value,
            Newest = Latest.Value,
            Status = status,
            Host = severalHosts ? null : First.Host,
            Trigger = Trigger,
            Timestamp = at.Id.Occurred,
            At = at.Occurred,
            Started = Started,
            Ended = ended,
            Count = Count,
            Evidence = evidence,
        };
    }

    private void Keep(Suppressible<T> element)
    {
        _stays++;
        if (element.Moment.CompareTo(_latest.Moment) >= 0) _latest = element;
        _severalHosts |= element.Moment.Host != (_host ??= element.Moment.Host);
        (_evidence ??= new Evidence()).Add(element.Value, element.Delivered);
    }

    private const int MaxHeld = 128;
}
