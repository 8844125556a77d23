using Streams.Engine.Keys;
using Streams.Engine.Shards;
using Streams.Events;

namespace Streams.Engine;

/// <summary>Several things of one key, one after the other.</summary>
/// <typeparam name="T">What came.</typeparam>
/// <typeparam name="TKey">The type of the key.</typeparam>
public sealed class Sequence<T, TKey> : Episode<TKey>
{
    /// <summary>One for each step, in order.</summary>
    public required IReadOnlyList<T> Events { get; init; }

    /// <summary>The first.</summary>
    public T First => Events[0];

    /// <summary>The last.</summary>
    public T Last => Events[^1];
}

/// <summary>The steps of a sequence, as they are written: <c>s => s.Then(…).Not(…).Then(…)</c>.</summary>
/// <typeparam name="T">What the steps look at.</typeparam>
public sealed class SequenceSteps<T>
{
    private readonly List<Func<T, bool>> _steps = [];
    private readonly List<(int After, Func<T, bool> Matches)> _nots = [];

    internal IReadOnlyList<Func<T, bool>> Steps => _steps;

    internal IReadOnlyList<(int After, Func<T, bool> Matches)> Nots => _nots;

    /// <summary>Next comes one that matches, or so many of them; anything else may lie between.</summary>
    public SequenceSteps<T> Then(Func<T, bool> matches, int times = 1)
    {
        ArgumentNullException.ThrowIfNull(matches);
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        for (int i = 0; i < times; i++) _steps.Add(matches);
        if (_steps.Count > 32)
        {
            throw new ArgumentException(
                "A sequence has at most 32 steps: count with Frequency first, and put its episodes into the sequence.");
        }
        return this;
    }

    /// <summary>
    /// Until the next step, or at the end until the time is over, none comes that matches. What has not come is known when the watermark
    /// has passed: the sequence is then said later by the lateness. It is not known, and nothing is reported, when the query was in
    /// quarantine meanwhile.
    /// </summary>
    public SequenceSteps<T> Not(Func<T, bool> matches)
    {
        ArgumentNullException.ThrowIfNull(matches);
        if (_steps.Count == 0) throw new ArgumentException("A sequence begins with Then: what must not come before it has no beginning.");
        _nots.Add((_steps.Count - 1, matches));
        return this;
    }
}

/// <summary><c>.Sequence(…)</c>: one thing after the other.</summary>
public static class SequenceOperator
{
    /// <summary>
    /// Finds, for one key, elements that match the steps one after the other by (occurred, serial), whatever order they arrive in, the
    /// last less than <paramref name="within"/> after the first. A newer element takes the place of an older one at the same step, so an
    /// element is used once for a step. Of one key at most 64 elements are kept, then the oldest is dropped; with 10,000 keys a host, in a
    /// fleet query of the fleet, the one that would be forgotten first makes room; both are counted.
    /// </summary>
    /// <param name="source">Where from; streams of different events can be merged.</param>
    /// <param name="name">The operator's name, its own within the query.</param>
    /// <param name="key">What belongs together; null is a key of its own, and so is each tuple with a part that is null.</param>
    /// <param name="within">The time from first to last; a span of exactly that is outside.</param>
    /// <param name="steps">What each step matches.</param>
    public static IObservable<Sequence<T, TKey>> Sequence<T, TKey>(
        this IObservable<T> source, string name, Func<T, TKey> key, TimeSpan within, params Func<T, bool>[] steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        var written = new SequenceSteps<T>();
        foreach (Func<T, bool> step in steps) written.Then(step);
        return Make(source, name, key, within, written, 64, 10_000);
    }

    /// <summary>
    /// The same with steps that repeat, or that must not come: <c>s => s.Then(e => …, times: 3).Not(e => …).Then(e => …)</c>. With a Not it
    /// is said when the watermark has passed.
    /// </summary>
    /// <param name="source">Where from; streams of different events can be merged.</param>
    /// <param name="name">The operator's name, its own within the query.</param>
    /// <param name="key">What belongs together; null is a key of its own, and so is each tuple with a part that is null.</param>
    /// <param name="within">The time from first to last; a span of exactly that is outside.</param>
    /// <param name="steps">The steps: <c>s => s.Then(e => …, times: 3).Not(e => …).Then(e => …)</c>.</param>
    /// <param name="maxPartial">How many elements of one key are kept.</param>
    /// <param name="maxKeys">How many keys a host, in a fleet query the fleet, may have.</param>
    public static IObservable<Sequence<T, TKey>> Sequence<T, TKey>(
        this IObservable<T> source,
        string name,
        Func<T, TKey> key,
        TimeSpan within,
        Func<SequenceSteps<T>, SequenceSteps<T>> steps,
        int maxPartial = 64,
        int maxKeys = 10_000)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return Make(source, name, key, within, steps(new SequenceSteps<T>()), maxPartial, maxKeys);
    }

    private static Sequences<T, TKey> Make<T, TKey>(
        IObservable<T> source, string name, Func<T, TKey> key, TimeSpan within, SequenceSteps<T> steps, int maxPartial, int maxKeys)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(within, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPartial, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxKeys, 1);
        if (steps.Steps.Count + steps.Nots.Count < 2)
            throw new ArgumentException($"Sequence \"{name}\" needs two steps at least; for one, Where is enough.");
        return new Sequences<T, TKey>(source, name, key, within.Ticks, steps, maxPartial, maxKeys);
    }

    private sealed class Sequences<T, TKey> : NamedOperator<T, Sequence<T, TKey>>, IKeyedOwner<TKey, Partials<T, TKey>>
    {
        private readonly Func<T, TKey> _key;
        private readonly long _within;
        private readonly Func<T, bool>[] _steps;
        private readonly (int After, Func<T, bool> Matches)[] _nots;
        private readonly int _maxPartial;
        private readonly Scoped<KeyedState<TKey, Partials<T, TKey>>> _keys;

        public Sequences(
            IObservable<T> source, string name, Func<T, TKey> key, long within, SequenceSteps<T> steps, int maxPartial, int maxKeys)
            : base(name, source)
        {
            KeyCodec<TKey>.Check();
            _key = key;
            _within = within;
            _steps = [.. steps.Steps];
            _nots = [.. steps.Nots];
            _maxPartial = maxPartial;
            EndsWithNot = _nots.Any(n => n.After == _steps.Length - 1);
            _keys = new(scope => new(this, scope, maxKeys));
        }

        public bool EndsWithNot { get; }

        public override long Held => _keys.All.Sum(k => (long)k.Count);

        // Presence can be told when an element arrives; absence only when all up to its time has arrived.
        private bool IsByWatermark => _nots.Length > 0;

        protected override void On(T value)
        {
            uint matched = 0;
            for (int i = 0; i < _steps.Length; i++)
                if (_steps[i](value))
                    matched |= 1u << i;
            uint refuted = 0;
            foreach ((int after, Func<T, bool> matches) in _nots)
                if (matches(value))
                    refuted |= 1u << after;
            if ((matched | refuted) == 0) return;

            Scope scope = Scope;
            KeyedState<TKey, Partials<T, TKey>> keys = _keys[scope];
            TKey key = _key(value);
            Partials<T, TKey>? partials = keys.Find(key);

            // Nothing has begun that this could go on with, or end; unless what came before it is still to arrive.
            if (partials is null && (matched & 1) == 0 && Moment.Of(value, Shard).Occurred <= scope.Watermark) return;
            if (partials is null)
            {
                partials = new Partials<T, TKey>(key, scope, _steps.Length, _within, EndsWithNot, _maxPartial);
                keys.Add(partials);
            }

            var element = new SequenceElement<T>(Moment.Of(value, Shard), value, Shard.Event) { Matched = matched, Refuted = refuted };
            if (IsByWatermark)
            {
                if (partials.Wait(element)) CountCap();
                keys.SetDue(partials, partials.NextDue());
                return;
            }

            if (partials.Keep(element, scope.Watermark)) CountCap();
            keys.SetDue(partials, partials.Newest + (partials.HasBegun ? _within : 0));
            foreach (Chain<T> chain in partials.Found) Say(Match(key, chain, chain.Element.Moment));
        }

        public void OnDue(KeyedState<TKey, Partials<T, TKey>> state, Partials<T, TKey> entry, long due)
        {
            if (!IsByWatermark)
            {
                if (entry.HasBegun && entry.Newest + _within > due) state.SetDue(entry, entry.Newest + _within);
                else state.Remove(entry);
                return;
            }

            entry.AdvanceTo(due);
            long next = entry.NextDue();
            if (next == Deadline.Never) state.Remove(entry);
            else state.SetDue(entry, next);
            foreach (Chain<T> chain in entry.Found)
            {
                // What came while the query was in quarantine is not known: nothing can be reported as absent.
                long first = chain.First.Moment.Occurred;
                if (Run.Quarantine.PausedSince(entry.Scope, first) > 0) continue;
                Say(Match(entry.Key, chain, EndsWithNot ? Moment.At(first + _within) : chain.Element.Moment));
            }
        }

        public void OnEvicted(KeyedState<TKey, Partials<T, TKey>> state, Partials<T, TKey> entry)
        {
        }

        private static Sequence<T, TKey> Match(TKey key, Chain<T> chain, Moment at)
        {
            var events = new T[chain.Length];
            var elements = new SequenceElement<T>[chain.Length];
            bool severalHosts = false;
            Moment last = chain.Element.Moment;
            for (Chain<T>? link = chain; link is not null; link = link.Before)
            {
                events[link.Length - 1] = link.Element.Value;
                elements[link.Length - 1] = link.Element;
                severalHosts |= link.Element.Moment.Host != last.Host;
            }

            var evidence = new Evidence();
            foreach (SequenceElement<T> element in elements) evidence.Add(element.Value, element.Delivered);
            var time = new DateTimeOffset(at.Claimed, TimeSpan.Zero);
            return new Sequence<T, TKey>
            {
                Key = key,
                Events = events,
                Host = severalHosts ? null : last.Host,
                Trigger = last.Id,
                Timestamp = time,
                At = at.Occurred,
                Started = time,
                Ended = time,
                Count = events.Length,
                Evidence = evidence.ToList(),
            };
        }
    }
}

/// <summary>An element that a sequence may need.</summary>
internal sealed class SequenceElement<T>(Moment moment, T value, Event? delivered)
{
    public Moment Moment { get; } = moment;

    public T Value { get; } = value;

    public Event? Delivered { get; } = delivered;

    /// <summary>The steps that it matches and has not been used for, a bit each.</summary>
    public uint Matched { get; set; }

    /// <summary>The steps after which it must not come.</summary>
    public uint Refuted { get; init; }
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
/// What has begun for one key: for each step at most one chain, the newest. Elements are kept in their order for as long as something that
/// arrives late may come between them; then all is gone through again.
/// </summary>
internal sealed class Partials<T, TKey>(TKey key, Scope scope, int steps, long within, bool endsWithNot, int most) : Keyed<TKey>(key)
{
    private readonly List<SequenceElement<T>> _elements = [];
    private readonly Chain<T>?[] _chains = new Chain<T>?[steps];
    private readonly List<Chain<T>> _complete = [];

    public Scope Scope { get; } = scope;

    public long Newest { get; private set; } = long.MinValue;

    /// <summary>
    /// Whether there is anything to go on with; what only ends a sequence is of use no longer than its beginning may be late.
    /// </summary>
    public bool HasBegun => Array.Exists(_chains, c => c is not null) || _elements.Exists(e => (e.Matched & 1) != 0);

    /// <summary>What was found by the last call.</summary>
    public List<Chain<T>> Found { get; } = [];

    /// <summary>An element arrives and counts at once. Whether one had to go for it.</summary>
    public bool Keep(SequenceElement<T> element, long watermark)
    {
        Found.Clear();
        Newest = Math.Max(Newest, element.Moment.Occurred);
        if (watermark != long.MinValue) _elements.RemoveAll(e => e.Moment.Occurred <= watermark - within || e.Matched == 0);
        bool isFull = Insert(element);
        if (_elements[^1] == element)
        {
            Take(element);
            return isFull;
        }

        Array.Clear(_chains);
        foreach (SequenceElement<T> each in _elements) Take(each);
        return isFull;
    }

    /// <summary>An element arrives and waits for the watermark. Whether one had to go for it.</summary>
    public bool Wait(SequenceElement<T> element)
    {
        Newest = Math.Max(Newest, element.Moment.Occurred);
        return Insert(element);
    }

    /// <summary>The watermark has come this far: what waited up to it counts, in its order.</summary>
    public void AdvanceTo(long watermark)
    {
        Found.Clear();
        while (_elements.Count > 0 && _elements[0].Moment.Occurred <= watermark)
        {
            SequenceElement<T> element = _elements[0];
            _elements.RemoveAt(0);
            EndComplete(element.Moment.Occurred);
            Take(element);
        }

        EndComplete(watermark);
        for (int i = 0; i < _chains.Length; i++)
            if (_chains[i] is { } chain && chain.First.Moment.Occurred + within <= watermark)
                _chains[i] = null;
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

    private void Take(SequenceElement<T> element)
    {
        if (element.Refuted != 0) Refute(element);

        // From the last step back, so that one element is not two steps of the same chain.
        for (int step = steps - 1; step >= 0; step--)
        {
            if ((element.Matched & (1u << step)) == 0) continue;
            Chain<T>? chain = null;
            if (step > 0)
            {
                chain = _chains[step - 1];
                if (chain is null || chain.Element.Moment.CompareTo(element.Moment) >= 0) continue;
                _chains[step - 1] = null;
                if (element.Moment.Occurred - chain.First.Moment.Occurred >= within) continue;
            }

            chain = new Chain<T>(element, chain);
            if (step < steps - 1) _chains[step] = chain;
            else if (endsWithNot) Await(chain);
            else Find(chain);
        }
    }

    private void Await(Chain<T> chain)
    {
        if (_complete.Count >= most) _complete.RemoveAt(0);
        _complete.Add(chain);
    }

    private void Find(Chain<T> chain)
    {
        Found.Add(chain);
        int step = steps - 1;
        for (Chain<T>? link = chain; link is not null; link = link.Before, step--)
        {
            // Used, and so are those that it took the place of.
            foreach (SequenceElement<T> each in _elements)
                if (each.Moment.CompareTo(link.Element.Moment) <= 0)
                    each.Matched &= ~(1u << step);
        }
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

    private bool Insert(SequenceElement<T> element)
    {
        bool isFull = _elements.Count >= most;
        if (isFull) _elements.RemoveAt(0);
        int place = _elements.Count;
        while (place > 0 && _elements[place - 1].Moment.CompareTo(element.Moment) > 0) place--;
        _elements.Insert(place, element);
        return isFull;
    }
}
