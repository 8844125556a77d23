using Streams.Engine.Shards;
using Streams.Events;

namespace Streams.Engine;

/// <summary>An element that a sequence may need.</summary>
internal sealed class SequenceElement<T>(Moment moment, T value, Event? delivered)
{
    public Moment Moment { get; } = moment;

    public T Value { get; } = value;

    public Event? Delivered { get; } = delivered;

    /// <summary>The steps that it matches, a bit each.</summary>
    public uint Matched { get; init; }

    /// <summary>The steps after which it must not come.</summary>
    public uint Refuted { get; init; }

    /// <summary>Whether a sequence has been reported that it completes.</summary>
    public bool IsReported { get; set; }
}

/// <summary>The elements found for the steps so far, from the last back.</summary>
internal sealed class Chain<T>(SequenceElement<T> element, Chain<T>? before)
{
    public SequenceElement<T> Element { get; } = element;

    public Chain<T>? Before { get; } = before;

    public SequenceElement<T> First { get; } = before?.First ?? element;

    public int Length { get; } = (before?.Length ?? 0) + 1;
}

/// <summary>
/// What has begun for one key: for each step at most one chain, the newest. What the watermark has passed is decided; elements behind it
/// are kept in their order, and when one arrives that occurred before others, all of these are gone through again from there. That can
/// only find more: a sequence that was reported may be completed by another element then, and is not reported again. The element that
/// completed it stands for the nearest sequence that was not reported, until the watermark has passed it.
/// </summary>
internal sealed class Partials<T, TKey>(TKey key, Scope scope, int steps, long within, bool endsWithNot, int most) : Keyed<TKey>(key)
{
    private readonly List<SequenceElement<T>> _elements = [];
    private readonly Chain<T>?[] _decided = new Chain<T>?[steps];
    private readonly Chain<T>?[] _chains = new Chain<T>?[steps];
    private readonly List<Chain<T>> _complete = [];
    private readonly List<Chain<T>> _decidedMatches = [];

    // Those of the elements that are kept.
    private readonly List<Chain<T>> _matches = [];

    // Decided, but not reported: an element that is still kept stands for each.
    private readonly List<Chain<T>> _unreported = [];

    // Decided, and reported to complete a sequence that has become none: what they have left unused may be in the next one.
    private readonly List<SequenceElement<T>> _surplus = [];
    private long _decidedUpTo = long.MinValue;
    private long _decidedAt = long.MinValue;
    private bool _hasDropped;

    public Scope Scope { get; } = scope;

    public long Newest { get; private set; } = long.MinValue;

    /// <summary>
    /// Whether there is anything to go on with; what only ends a sequence is of use no longer than its beginning may be late.
    /// </summary>
    public bool HasBegun => Array.Exists(_chains, c => c is not null) || _elements.Exists(e => (e.Matched & 1) != 0);

    /// <summary>What was found by the last call.</summary>
    public List<Chain<T>> Found { get; } = [];

    /// <summary>An element arrives and counts at once; false when there was no room to count it in its place.</summary>
    public bool Keep(SequenceElement<T> element, long watermark)
    {
        Newest = Math.Max(Newest, element.Moment.Occurred);
        _decidedMatches.Clear();
        int passed = 0;
        while (passed < _elements.Count && _elements[passed].Moment.Occurred <= watermark) passed++;
        Decide(passed);
        bool hasRoom = true;
        if (element.Moment.Occurred <= watermark || element.Moment.Occurred <= _decidedUpTo)
        {
            hasRoom = element.Moment.Occurred <= watermark;
            Take(element, _decided, _decidedMatches);
            GoThroughAgain();
        }
        else
        {
            Insert(element);
            if (_elements[^1] == element) Take(element, _chains, _matches);
            else GoThroughAgain();
            if (_elements.Count > most)
            {
                _decidedUpTo = _elements[0].Moment.Occurred;
                Decide(1);
            }
        }

        Report();
        return hasRoom;
    }

    /// <summary>An element arrives and waits for the watermark. Whether one had to go for it.</summary>
    public bool Wait(SequenceElement<T> element)
    {
        Newest = Math.Max(Newest, element.Moment.Occurred);
        bool isFull = _elements.Count >= most;
        if (isFull) _elements.RemoveAt(0);
        Insert(element);
        return isFull;
    }

    /// <summary>
    /// The watermark has come this far: what waited up to it counts, in its order. False when there was no room for a sequence to wait.
    /// </summary>
    public bool AdvanceTo(long watermark)
    {
        Found.Clear();
        _hasDropped = false;
        while (_elements.Count > 0 && _elements[0].Moment.Occurred <= watermark)
        {
            SequenceElement<T> element = _elements[0];
            _elements.RemoveAt(0);
            EndComplete(element.Moment.Occurred);
            if (element.Refuted != 0) Refute(element);
            Take(element, _chains, Found);
        }

        EndComplete(watermark);
        for (int i = 0; i < _chains.Length; i++)
            if (_chains[i] is { } chain && chain.First.Moment.Occurred + within <= watermark)
                _chains[i] = null;
        return !_hasDropped;
    }

    /// <summary>When the watermark next matters to it.</summary>
    public long NextDue()
    {
        long due = _elements.Count > 0 ? _elements[0].Moment.Occurred : Deadline.Never;
        foreach (Chain<T>? chain in _chains)
            if (chain is not null)
                due = Math.Min(due, chain.First.Moment.Occurred + within);
        foreach (Chain<T> chain in _complete) due = Math.Min(due, chain.First.Moment.Occurred + within);
        return due;
    }

    // So many elements come before all that is still to arrive.
    private void Decide(int count)
    {
        if (count == 0) return;
        for (int i = 0; i < count; i++)
        {
            int before = _decidedMatches.Count;
            Take(_elements[i], _decided, _decidedMatches);
            if (_elements[i].IsReported && _decidedMatches.Count == before) _surplus.Add(_elements[i]);
        }

        _decidedAt = _elements[count - 1].Moment.Occurred;
        if (_matches.Count > 0) _matches.RemoveAll(m => _elements.IndexOf(m.Element) < count);
        _elements.RemoveRange(0, count);
    }

    private void GoThroughAgain()
    {
        _decided.CopyTo(_chains, 0);
        _matches.Clear();
        foreach (SequenceElement<T> each in _elements) Take(each, _chains, _matches);
    }

    // What was not reported, but for that for which an element stands.
    private void Report()
    {
        Found.Clear();
        Found.AddRange(_unreported);
        foreach (Chain<T> match in _decidedMatches)
            if (!match.Element.IsReported)
                Found.Add(match);
        foreach (Chain<T> match in _matches)
            if (!match.Element.IsReported)
                Found.Add(match);
        if (Found.Count > 0)
        {
            for (int i = 0; i < _surplus.Count;)
            {
                if (TakeNearest(Found, _surplus[i]) is not { } match)
                {
                    i++;
                    continue;
                }

                match.Element.IsReported = true;
                _surplus.RemoveAt(i);
            }

            foreach (SequenceElement<T> element in _elements)
                if (element.IsReported && !_matches.Exists(m => m.Element == element))
                    TakeNearest(Found, element);
            foreach (Chain<T> match in Found) match.Element.IsReported = true;
        }

        _unreported.AddRange(_decidedMatches);
        _unreported.RemoveAll(m => m.Element.IsReported);
        if (_surplus.Count > 0) _surplus.RemoveAll(e => e.Moment.Occurred + within <= _decidedAt);
    }

    // Of those less than the time of a sequence away.
    private Chain<T>? TakeNearest(List<Chain<T>> matches, SequenceElement<T> element)
    {
        long Distance(Chain<T> match) => Math.Abs(match.Element.Moment.Occurred - element.Moment.Occurred);
        if (matches.MinBy(Distance) is not { } nearest || Distance(nearest) >= within) return null;
        matches.Remove(nearest);
        return nearest;
    }

    private void Take(SequenceElement<T> element, Chain<T>?[] chains, List<Chain<T>> matches)
    {
        // From the last step back, so that one element is not two steps of the same chain.
        for (int step = steps - 1; step >= 0; step--)
        {
            if ((element.Matched & (1u << step)) == 0) continue;

            // What arrives late takes the place of nothing newer.
            if (step < steps - 1 && chains[step] is { } known && known.Element.Moment.CompareTo(element.Moment) > 0) continue;
            Chain<T>? chain = null;
            if (step > 0)
            {
                chain = chains[step - 1];
                if (chain is null || chain.Element.Moment.CompareTo(element.Moment) >= 0) continue;
                chains[step - 1] = null;
                if (element.Moment.Occurred - chain.First.Moment.Occurred >= within) continue;
            }

            chain = new Chain<T>(element, chain);
            if (step < steps - 1) chains[step] = chain;
            else if (endsWithNot) Await(chain);
            else matches.Add(chain);
        }
    }

    private void Await(Chain<T> chain)
    {
        if (_complete.Count >= most)
        {
            _complete.RemoveAt(0);
            _hasDropped = true;
        }

        _complete.Add(chain);
    }

    private void Refute(SequenceElement<T> element)
    {
        for (int step = 0; step < steps; step++)
            if ((element.Refuted & (1u << step)) != 0 && _chains[step] is { } chain && chain.Element.Moment.CompareTo(element.Moment) < 0)
                _chains[step] = null;
        if ((element.Refuted & (1u << (steps - 1))) != 0)
        {
            _complete.RemoveAll(
                c => c.Element.Moment.CompareTo(element.Moment) < 0 && element.Moment.Occurred - c.First.Moment.Occurred < within);
        }
    }

    private void EndComplete(long watermark)
    {
        for (int i = 0; i < _complete.Count;)
        {
            if (_complete[i].First.Moment.Occurred + within > watermark)
            {
                i++;
                continue;
            }

            Found.Add(_complete[i]);
            _complete.RemoveAt(i);
        }
    }

    private void Insert(SequenceElement<T> element)
    {
        int place = _elements.Count;
        while (place > 0 && _elements[place - 1].Moment.CompareTo(element.Moment) > 0) place--;
        _elements.Insert(place, element);
    }
}
