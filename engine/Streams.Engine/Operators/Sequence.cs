using Streams.Engine.Keys;
using Streams.Engine.Shards;

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
    /// Finds, for one key, elements that match the steps one after the other by (occurred, serial), the last less than
    /// <paramref name="within"/> after the first. A newer element takes the place of an older one at the same step, so an element is used
    /// once for a step.
    /// </summary>
    /// <remarks>
    /// A sequence is found with the arrival of the element that completes it, and there are as many as in the order in which the elements
    /// occurred; which of several elements one consists of can depend on what had arrived. What arrives when the watermark has passed it
    /// is taken behind what is decided: it may begin, continue or complete a sequence with what occurred before it, and what has been
    /// found stays. Of one key at most 64 elements wait for earlier ones, then the oldest is decided, which is counted as a cap where one
    /// arrives that occurred before it; with 10,000 keys a host, in a fleet query of the fleet, the one that would be forgotten first
    /// makes room, and is counted.
    /// </remarks>
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
    /// is reported when the watermark has passed; then at most <paramref name="maxPartial"/> elements of a key wait for the watermark, and
    /// as many complete sequences for their absence, and what has no room is dropped and counted.
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

        public override long Held => _keys.Held;

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

            if (!partials.Keep(element, scope.Watermark)) CountCap();
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

            if (!entry.AdvanceTo(due)) CountCap();
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
