using Streams.Engine.Keys;
using Streams.Events;

namespace Streams.Engine;

/// <summary>What counts in one episode of a frequency, the same in whatever order it is counted.</summary>
internal sealed class FrequencyEpisode<T, TKey>(TKey key, FrequencyRule rule, Moment trigger)
{
    private readonly Evidence _evidence = new();
    private readonly HashSet<KeyOf<object?>>? _values = rule.IsDistinct ? [] : null;
    private readonly Doubling _reported = new(rule.Count);
    private Occurrence<T> _latest;
    private long _count;
    private long _first;
    private bool _severalHostsFirst;
    private bool _severalHostsLater;

    /// <summary>The element that fills a window, as far as was known when the episode was first reported.</summary>
    public Moment Trigger => trigger;

    /// <summary>When the latest occurred.</summary>
    public long Newest { get; private set; } = long.MinValue;

    /// <summary>The window that starts the episode, as far as that is known; of a value the last sight stands for it.</summary>
    public void StartWith(ReadOnlySpan<Occurrence<T>> window)
    {
        _first = window[0].Time;
        _severalHostsFirst = false;
        HashSet<KeyOf<object?>>? seen = rule.IsDistinct ? [] : null;
        for (int i = window.Length - 1; i >= 0; i--)
        {
            if (seen is null || seen.Add(new(window[i].Distinct))) _severalHostsFirst |= window[i].Moment.Host != trigger.Host;
        }
    }

    /// <summary>An element behind that window.</summary>
    public bool CountLater(in Occurrence<T> element)
    {
        SeeLater(element);
        return Count(element);
    }

    /// <summary>An element that has been counted is behind that window.</summary>
    public void SeeLater(in Occurrence<T> element) => _severalHostsLater |= element.Moment.Host != trigger.Host;

    /// <summary>Counts one more; false when there is no room for its value.</summary>
    public bool Count(in Occurrence<T> element)
    {
        bool isSame = _values is not null && _count > 0 && Equals(element.Distinct, _latest.Distinct);
        if (Newest == long.MinValue || element.Moment.CompareTo(_latest.Moment) >= 0) _latest = element;
        Newest = Math.Max(Newest, element.Time);
        if (_values is not null)
        {
            // Values come in runs, and to compare one costs less than to hash it; but the latest may have had no room.
            var value = new KeyOf<object?>(element.Distinct);
            bool isFull = _values.Count >= rule.MaxValues;
            if ((isSame && !isFull) || _values.Contains(value)) return true;
            if (isFull) return false;
            _values.Add(value);
        }

        _count++;
        _evidence.Add(element.Value, element.Delivered);
        return true;
    }

    /// <summary>Whether the count has doubled since this was last called.</summary>
    public bool HasDoubled() => _reported.IsDoubled(_count);

    public Frequency<T, TKey> Saying(AlertStatus status, Moment at) => new()
    {
        Key = key,
        Event = _latest.Value,
        Status = status,
        Host = _severalHostsFirst || _severalHostsLater ? null : trigger.Host,
        Trigger = trigger.Id,
        Timestamp = at.Id.Occurred,
        At = at.Occurred,
        Started = trigger.Id.Occurred,
        Ended = status == AlertStatus.End ? at.Id.Occurred : null,
        Count = _count,
        First = new DateTimeOffset(_first, TimeSpan.Zero),
        Last = _latest.Moment.Id.Occurred,
        Evidence = _evidence.ToList(),
    };
}
