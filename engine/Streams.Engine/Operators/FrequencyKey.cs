using System.Runtime.InteropServices;
using Streams.Engine.Keys;
using Streams.Engine.Shards;
using Streams.Events;

namespace Streams.Engine;

/// <summary>What a frequency counts.</summary>
/// <param name="Count">How many start an episode.</param>
/// <param name="Within">How long the window is, in ticks.</param>
/// <param name="IsDistinct">Whether different values are counted instead of elements.</param>
internal readonly record struct FrequencyRule(int Count, long Within, bool IsDistinct)
{
    /// <summary>How many elements of a key are kept at most.</summary>
    public int MaxElements => Math.Max(4 * Count, 128);

    /// <summary>How many values of an episode are distinguished at most.</summary>
    public int MaxValues => Math.Max(4 * Count, 1_024);
}

/// <summary>An element, and when it counts as having occurred.</summary>
internal readonly record struct Occurrence<T>(Moment Moment, T Value, Event? Delivered, object? Distinct)
{
    public long Time => Moment.Occurred;
}

/// <summary>
/// One key of a frequency. Its elements, in the order in which they occurred, fall into chains: runs without a gap as long as the window.
/// A chain in which a window is filled is an episode, which starts at the first such window. What arrives later may fill an earlier window
/// or close a gap, as long as the watermark has not passed it; so at most one episode is open, and other chains wait until the watermark
/// shows that they are chains of their own.
/// </summary>
internal sealed class FrequencyKey<T, TKey>(TKey key, FrequencyRule rule) : Keyed<TKey>(key)
{
    // In order. Without an open episode all elements that a window may still need; with distinct values the last sight of each. With an
    // open episode all sights up to the element that starts it, until the watermark has passed that: a window before it may be filled yet.
    private readonly List<Occurrence<T>> _window = [];

    // With distinct values and without an open episode: earlier sights, until the watermark has passed the later one.
    private Queue<(Occurrence<T> Sight, long Until)>? _superseded;

    // Behind the end of the open episode, in order.
    private List<Occurrence<T>>? _after;
    private FrequencyEpisode<T, TKey>? _open;

    // Where in the window the open episode starts, and with which element it is known to.
    private int _from;
    private Moment _filled;

    // When the watermark decides that a chain in front of the open episode is an episode of its own.
    private long _earlier = Deadline.Never;

    // Up to here is decided for want of room, whatever the watermark.
    private long _decided = long.MinValue;

    /// <summary>What is to be reported since this was last cleared.</summary>
    public List<Frequency<T, TKey>> Found { get; } = [];

    /// <summary>When the watermark next matters to it.</summary>
    public long NextDue => _open is null ? _window[^1].Time + rule.Within : Math.Min(_earlier, _open.Newest + rule.Within);

    /// <summary>An element arrives; false when there was no room to count it where it belongs.</summary>
    public bool Take(Occurrence<T> element, long watermark)
    {
        bool isDecided = element.Time <= _decided;
        if (isDecided) element = element with { Moment = element.Moment with { Occurred = _decided + 1 } };
        if (_open is null)
        {
            Watch(element, watermark);
            return !isDecided;
        }

        if (_window.Count > 0 && _filled.Occurred <= watermark) Settle(watermark);
        bool hasRoom = true;
        if (element.Time >= _open.Newest + rule.Within)
        {
            Insert(_after ??= [], element);
            if (_after.Count <= rule.MaxElements) return !isDecided;
            _decided = _open.Newest + rule.Within - 1;
            End();
            return !isDecided;
        }

        if (_window.Count > 0 && element.Moment.CompareTo(_filled) < 0)
        {
            StartEarlier(element);
        }
        else
        {
            hasRoom = _open.CountLater(element);
            Join();
        }

        if (_open.HasDoubled()) Found.Add(_open.Saying(AlertStatus.Update, Moment.At(_open.Newest)));
        return hasRoom && !isDecided;
    }

    /// <summary>The watermark has come this far; whether nothing is left.</summary>
    public bool EndsAt(long watermark)
    {
        while (_earlier <= watermark) EndEarlier();
        if (_open is null) return _window[^1].Time + rule.Within <= watermark;
        if (_open.Newest + rule.Within > watermark) return false;
        End();
        return _open is null && _window.Count == 0;
    }

    /// <summary>It has to make room for another key: what is known of episodes is reported.</summary>
    public void EndNow()
    {
        while (_earlier != Deadline.Never) EndEarlier();
        while (_open is not null) End(atNewest: true);
    }

    // No episode is open.
    private void Watch(in Occurrence<T> element, long watermark)
    {
        // What is outside of every window to come does no harm; half at a time, its removal costs next to nothing.
        long forgotten = watermark == long.MinValue ? watermark : watermark - rule.Within;
        int half = _window.Count / 2;
        if (_window.Count > 0 && _window[half].Time <= forgotten) _window.RemoveRange(0, half + 1);

        if (_window.Count == 0 || _window[^1].Moment.CompareTo(element.Moment) <= 0)
        {
            if (rule.IsDistinct) Supersede(element, watermark);
            _window.Add(element);
            int first = _window.Count - rule.Count;
            if (first >= 0 && element.Time - _window[first].Time < rule.Within) Start(Sights());
        }
        else
        {
            List<Occurrence<T>> sights = Sights();
            Insert(sights, element);
            if (FirstFilled(sights, 0, sights.Count) is not null) Start(sights);
            else if (rule.IsDistinct) Keep(sights);
        }

        if (_open is null && _window.Count > rule.MaxElements) DecideHalf(forgotten);
    }

    // An element that fills a window has arrived: the episode starts, and all that is known of its chain counts.
    private void Start(List<Occurrence<T>> sights)
    {
        (int first, int last) = FirstFilled(sights, 0, sights.Count)!.Value;
        _from = first;
        _filled = sights[last].Moment;
        _open = new FrequencyEpisode<T, TKey>(Key, rule, _filled);
        _open.StartWith(CollectionsMarshal.AsSpan(sights)[first..(last + 1)]);
        for (int i = first; i <= last; i++) _open.Count(sights[i]);
        int next = last + 1;
        while (next < sights.Count && sights[next].Time < _open.Newest + rule.Within) _open.CountLater(sights[next++]);
        _after = next < sights.Count ? sights.GetRange(next, sights.Count - next) : null;
        if (!ReferenceEquals(sights, _window))
        {
            _window.Clear();
            _window.AddRange(CollectionsMarshal.AsSpan(sights)[..(last + 1)]);
        }
        else
        {
            _window.RemoveRange(last + 1, _window.Count - last - 1);
        }

        _superseded = null;
        _ = _open.HasDoubled();
        Found.Add(_open.Saying(AlertStatus.Start, _open.Trigger));
    }

    // An element arrives before the one with which the open episode is known to start.
    private void StartEarlier(in Occurrence<T> element)
    {
        int place = Insert(_window, element);
        if (place <= _from) _from++;
        int begin = ChainOf(_from);
        if (place >= begin)
        {
            (int first, int last) = FirstFilled(_window, begin, _window.Count)!.Value;
            for (int i = first; i < _from; i++) _open!.Count(_window[i]);
            if (place > _from) _open!.Count(element);
            for (int i = last + 1; i < _window.Count; i++) _open!.SeeLater(_window[i]);
            _open!.StartWith(CollectionsMarshal.AsSpan(_window)[first..(last + 1)]);
            _from = first;
            _filled = _window[last].Moment;
            _window.RemoveRange(last + 1, _window.Count - last - 1);
        }

        FindEarlier();
        if (_window.Count <= 2 * rule.MaxElements) return;
        _decided = Math.Max(_decided, _filled.Occurred);
        Settle(_decided);
    }

    // What waits behind the end belongs to the episode when the end has moved on far enough.
    private void Join()
    {
        if (_after is null) return;
        int joined = 0;
        while (joined < _after.Count && _after[joined].Time < _open!.Newest + rule.Within) _open.CountLater(_after[joined++]);
        _after.RemoveRange(0, joined);
        if (_after.Count == 0) _after = null;
    }

    private void End(bool atNewest = false)
    {
        FrequencyEpisode<T, TKey> ended = _open!;
        Found.Add(ended.Saying(AlertStatus.End, Moment.At(ended.Newest + (atNewest ? 0 : rule.Within))));
        _open = null;
        _earlier = Deadline.Never;
        _window.Clear();
        if (_after is not { } after) return;
        _after = null;
        if (FirstFilled(after, 0, after.Count) is not null) Start(after);
        else Keep(after);
    }

    // Nothing can come any more that would make the open episode start earlier.
    private void Settle(long watermark)
    {
        while (_earlier <= watermark) EndEarlier();
        _window.Clear();
    }

    // The first chain in front of the open episode is an episode that has ended.
    private void EndEarlier()
    {
        int begin = 0;
        int end = EndOf(begin);
        while (FirstFilled(_window, begin, end) is null) (begin, end) = (end, EndOf(end));
        (int first, int last) = FirstFilled(_window, begin, end)!.Value;
        var episode = new FrequencyEpisode<T, TKey>(Key, rule, _window[last].Moment);
        episode.StartWith(CollectionsMarshal.AsSpan(_window)[first..(last + 1)]);
        for (int i = first; i <= last; i++) episode.Count(_window[i]);
        for (int i = last + 1; i < end; i++) episode.CountLater(_window[i]);
        Found.Add(episode.Saying(AlertStatus.Start, episode.Trigger));
        Found.Add(episode.Saying(AlertStatus.End, Moment.At(episode.Newest + rule.Within)));
        _window.RemoveRange(0, end);
        _from -= end;
        FindEarlier();
    }

    private void FindEarlier()
    {
        _earlier = Deadline.Never;
        int own = ChainOf(_from);
        for (int begin = 0; begin < own;)
        {
            int end = EndOf(begin);
            if (FirstFilled(_window, begin, end) is not null)
            {
                _earlier = _window[end - 1].Time + rule.Within;
                return;
            }

            begin = end;
        }
    }

    // Where the chain of an element begins.
    private int ChainOf(int place)
    {
        while (place > 0 && _window[place].Time - _window[place - 1].Time < rule.Within) place--;
        return place;
    }

    // Behind the last element of the chain that begins here.
    private int EndOf(int begin)
    {
        int end = begin + 1;
        while (end < _window.Count && _window[end].Time - _window[end - 1].Time < rule.Within) end++;
        return end;
    }

    // The first window that is filled: from the oldest element that it takes to its last.
    private (int First, int Last)? FirstFilled(List<Occurrence<T>> elements, int begin, int end)
    {
        if (!rule.IsDistinct)
        {
            for (int last = begin + rule.Count - 1; last < end; last++)
                if (elements[last].Time - elements[last - rule.Count + 1].Time < rule.Within)
                    return (last - rule.Count + 1, last);
            return null;
        }

        var sights = new Dictionary<KeyOf<object?>, int>();
        int first = begin;
        for (int last = begin; last < end; last++)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(sights, new(elements[last].Distinct), out _)++;
            while (elements[last].Time - elements[first].Time >= rule.Within || sights[new(elements[first].Distinct)] > 1)
            {
                var value = new KeyOf<object?>(elements[first++].Distinct);
                if (--CollectionsMarshal.GetValueRefOrNullRef(sights, value) == 0) sights.Remove(value);
            }

            if (sights.Count >= rule.Count) return (first, last);
        }

        return null;
    }

    // The newest element has a value that was seen: it stands for it from now on.
    private void Supersede(in Occurrence<T> element, long watermark)
    {
        int same = _window.Count - 1;
        while (same >= 0 && !Equals(_window[same].Distinct, element.Distinct)) same--;
        if (same < 0) return;
        _superseded ??= new();
        while (_superseded.TryPeek(out var oldest) && oldest.Until <= watermark) _superseded.Dequeue();
        if (_superseded.Count >= rule.MaxElements) _decided = Math.Max(_decided, _superseded.Dequeue().Until - 1);
        _superseded.Enqueue((_window[same], element.Time));
        _window.RemoveAt(same);
    }

    // All that is known of, in order, without an open episode.
    private List<Occurrence<T>> Sights()
    {
        if (_superseded is not { Count: > 0 } superseded) return rule.IsDistinct ? [.. _window] : _window;
        List<Occurrence<T>> sights = [.. _window, .. superseded.Select(s => s.Sight)];
        sights.Sort(static (a, b) => a.Moment.CompareTo(b.Moment));
        return sights;
    }

    // None of the windows is filled: what is known is kept as it is without an open episode.
    private void Keep(List<Occurrence<T>> sights)
    {
        _window.Clear();
        _superseded = null;
        if (!rule.IsDistinct)
        {
            _window.AddRange(sights);
            return;
        }

        var later = new Dictionary<KeyOf<object?>, long>();
        var superseded = new List<(Occurrence<T> Sight, long Until)>();
        for (int i = sights.Count - 1; i >= 0; i--)
        {
            var value = new KeyOf<object?>(sights[i].Distinct);
            if (later.TryGetValue(value, out long until)) superseded.Add((sights[i], until));
            else _window.Add(sights[i]);
            later[value] = sights[i].Time;
        }

        _window.Reverse();
        if (superseded.Count > 0) _superseded = new(superseded.OrderBy(s => s.Until));
    }

    private void DecideHalf(long forgotten)
    {
        int surplus = 0;
        while (_window[surplus].Time <= forgotten) surplus++;

        // To move the others for a few costs more than the few are worth.
        if (surplus < _window.Count / 8)
        {
            surplus = _window.Count / 2;
            _decided = Math.Max(_decided, _window[surplus - 1].Time);
        }

        _window.RemoveRange(0, surplus);
    }

    private static int Insert(List<Occurrence<T>> elements, in Occurrence<T> element)
    {
        int place = elements.Count;
        while (place > 0 && elements[place - 1].Moment.CompareTo(element.Moment) > 0) place--;
        elements.Insert(place, element);
        return place;
    }
}
