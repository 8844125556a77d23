using Streams.Engine.Keys;
using Streams.Engine.Shards;
using Streams.Events;

namespace Streams.Engine;

/// <summary>Something, and what was last known of its key before it.</summary>
/// <typeparam name="T">What came.</typeparam>
/// <typeparam name="TKnown">What is known.</typeparam>
/// <typeparam name="TKey">The type of the key.</typeparam>
public sealed class Latest<T, TKnown, TKey> : Episode<TKey>
{
    /// <summary>What came.</summary>
    public required T Event { get; init; }

    /// <summary>What was last known when it occurred; null where <c>LatestOrNone</c> knew nothing.</summary>
    public required TKnown Known { get; init; }
}

/// <summary><c>.Latest(…)</c>: join with the last known value.</summary>
public static class LatestOperator
{
    /// <summary>
    /// Joins each element with the last of <paramref name="known"/> that has the same key and occurred before it, less than
    /// <paramref name="remember"/> ago. Where none has arrived yet, it waits for one that occurred before it until the watermark has
    /// passed it; then it is dropped. With <paramref name="maxKeys"/> keys, the one that would be forgotten first makes room; of one key at
    /// most 64 elements wait, and at most 64 that occurred since the watermark are known. What has no room is dropped and counted.
    /// </summary>
    /// <remarks>
    /// Whether an element finds something known does not depend on the order in which both arrive, as long as they arrive within the
    /// lateness; which of several it finds may, since it is passed on with the first that fits.
    /// </remarks>
    /// <param name="source">What is joined: an accept.</param>
    /// <param name="name">The operator's name, its own within the query.</param>
    /// <param name="known">What is to be known: a bind.</param>
    /// <param name="key">The key of an element: <c>e => (e.Process.Pid, e.Data("a0"))</c>. Null is a key of its own,
    /// and so is each tuple with a part that is null.</param>
    /// <param name="knownKey">The key of what is known.</param>
    /// <param name="remember">How long it is known, by occurred time.</param>
    /// <param name="maxKeys">How many keys a host, in a fleet query the fleet, may have.</param>
    public static IObservable<Latest<T, TKnown, TKey>> Latest<T, TKnown, TKey>(
        this IObservable<T> source,
        string name,
        IObservable<TKnown> known,
        Func<T, TKey> key,
        Func<TKnown, TKey> knownKey,
        TimeSpan remember,
        int maxKeys = 10_000)
    {
        return Create(source, name, known, key, knownKey, remember, maxKeys, orNone: false);
    }

    /// <summary>
    /// The same, but an element without a known value is passed on at once, with null as <see cref="Latest{T, TKnown, TKey}.Known"/>: it
    /// waits for nothing, so what is to be known must have arrived before it. For questions such as "was there a shutdown just before?".
    /// </summary>
    /// <inheritdoc cref="Latest"/>
    public static IObservable<Latest<T, TKnown?, TKey>> LatestOrNone<T, TKnown, TKey>(
        this IObservable<T> source,
        string name,
        IObservable<TKnown> known,
        Func<T, TKey> key,
        Func<TKnown, TKey> knownKey,
        TimeSpan remember,
        int maxKeys = 10_000)
        where TKnown : class
    {
        return Create(source, name, known, key, knownKey, remember, maxKeys, orNone: true)!;
    }

    private static Join<T, TKnown, TKey> Create<T, TKnown, TKey>(
        IObservable<T> source,
        string name,
        IObservable<TKnown> known,
        Func<T, TKey> key,
        Func<TKnown, TKey> knownKey,
        TimeSpan remember,
        int maxKeys,
        bool orNone)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(knownKey);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(remember, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxKeys, 1);
        return new Join<T, TKnown, TKey>(source, name, known, key, knownKey, remember.Ticks, maxKeys, orNone);
    }

    private sealed class Join<T, TKnown, TKey> : NamedOperator<T, Latest<T, TKnown, TKey>>, IKeyedOwner<TKey, Joined<T, TKnown, TKey>>
    {
        private readonly IObservable<TKnown> _known;
        private readonly Func<T, TKey> _key;
        private readonly Func<TKnown, TKey> _knownKey;
        private readonly long _remember;
        private readonly bool _orNone;
        private readonly Scoped<KeyedState<TKey, Joined<T, TKnown, TKey>>> _keys;

        public Join(
            IObservable<T> source,
            string name,
            IObservable<TKnown> known,
            Func<T, TKey> key,
            Func<TKnown, TKey> knownKey,
            long remember,
            int maxKeys,
            bool orNone)
            : base(name, source)
        {
            KeyCodec<TKey>.Check();
            _known = known;
            _key = key;
            _knownKey = knownKey;
            _remember = remember;
            _orNone = orNone;
            _keys = new(scope => new(this, scope, maxKeys));
        }

        public override long Held => _keys.All.Sum(k => (long)k.Count);

        protected override IDisposable Connect()
        {
            // What is known comes first: an event that is on both sides is known to those after it.
            IDisposable known = _known.Subscribe(new KnownObserver(this));
            return System.Reactive.Disposables.StableCompositeDisposable.Create(known, base.Connect());
        }

        protected override void On(T value)
        {
            Scope scope = Scope;
            KeyedState<TKey, Joined<T, TKnown, TKey>> keys = _keys[scope];
            TKey key = _key(value);
            Moment moment = Moment.Of(value, Shard);
            var element = new Element<T>(moment, value, Shard.Event);
            Joined<T, TKnown, TKey>? joined = keys.Find(key);
            if (joined?.Before(moment, _remember) is { } known)
            {
                Say(Match(key, element, known));
                return;
            }

            if (_orNone)
            {
                Say(Match(key, element, null));
                return;
            }

            if (moment.Occurred <= scope.Watermark) return;
            joined ??= Add(keys, key);
            if (joined.Waiting.Count >= MostWaiting)
            {
                CountCap();
                joined.Waiting.RemoveAt(0);
            }

            Insert(joined.Waiting, element);
            keys.SetDue(joined, Math.Min(joined.Due, moment.Occurred));
        }

        private void OnKnown(TKnown value)
        {
            Scope scope = Scope;
            KeyedState<TKey, Joined<T, TKnown, TKey>> keys = _keys[scope];
            TKey key = _knownKey(value);
            Moment moment = Moment.Of(value, Shard);
            Joined<T, TKnown, TKey> joined = keys.Find(key) ?? Add(keys, key);
            var known = new Element<TKnown>(moment, value, Shard.Event);
            Insert(joined.Known, known);
            if (joined.ForgetOlder(scope.Watermark)) CountCap();
            keys.SetDue(joined, joined.NextDue(_remember));
            for (int i = 0; i < joined.Waiting.Count;)
            {
                Element<T> waiting = joined.Waiting[i];
                if (joined.Before(waiting.Moment, _remember) is not { } match)
                {
                    i++;
                    continue;
                }

                joined.Waiting.RemoveAt(i);
                Say(Match(key, waiting, match));
            }
        }

        public void OnDue(KeyedState<TKey, Joined<T, TKnown, TKey>> state, Joined<T, TKnown, TKey> entry, long due)
        {
            entry.Waiting.RemoveAll(e => e.Moment.Occurred <= due);
            entry.Known.RemoveAll(e => e.Moment.Occurred + _remember <= due);
            if (entry.Waiting.Count + entry.Known.Count == 0) state.Remove(entry);
            else state.SetDue(entry, entry.NextDue(_remember));
        }

        public void OnEvicted(KeyedState<TKey, Joined<T, TKnown, TKey>> state, Joined<T, TKnown, TKey> entry)
        {
        }

        private static Joined<T, TKnown, TKey> Add(KeyedState<TKey, Joined<T, TKnown, TKey>> keys, TKey key)
        {
            var joined = new Joined<T, TKnown, TKey>(key);
            keys.Add(joined);
            return joined;
        }

        private static void Insert<TElement>(List<Element<TElement>> elements, Element<TElement> element)
        {
            int place = elements.Count;
            while (place > 0 && elements[place - 1].Moment.CompareTo(element.Moment) > 0) place--;
            elements.Insert(place, element);
        }

        private static Latest<T, TKnown, TKey> Match(TKey key, Element<T> element, Element<TKnown>? known)
        {
            DateTimeOffset at = element.Moment.Id.Occurred;
            var evidence = new Evidence();
            if (known is { } before) evidence.Add(before.Value, before.Delivered);
            evidence.Add(element.Value, element.Delivered);
            return new Latest<T, TKnown, TKey>
            {
                Key = key,
                Event = element.Value,
                Known = known is { } value ? value.Value : default!,
                Host = element.Moment.Host,
                Trigger = element.Moment.Id,
                Timestamp = at,
                At = element.Moment.Occurred,
                Started = at,
                Ended = at,
                Evidence = evidence.ToList(),
            };
        }

        private const int MostWaiting = 64;

        private sealed class KnownObserver(Join<T, TKnown, TKey> join) : IObserver<TKnown>
        {
            public void OnNext(TKnown value)
            {
                if (value is Episode { Status: not AlertStatus.Start }) return;
                join.OnKnown(value);
            }

            public void OnError(Exception error) => join.Fail(error);

            public void OnCompleted()
            {
            }
        }
    }

    private readonly record struct Element<T>(Moment Moment, T Value, Event? Delivered);

    private sealed class Joined<T, TKnown, TKey>(TKey key) : Keyed<TKey>(key)
    {
        private const int MostKnown = 64;

        /// <summary>In order: the last that occurred up to the watermark, and what occurred since.</summary>
        public List<Element<TKnown>> Known { get; } = [];

        /// <summary>In order: what is waiting for something known that occurred before it.</summary>
        public List<Element<T>> Waiting { get; } = [];

        public Element<TKnown>? Before(Moment moment, long remember)
        {
            for (int i = Known.Count - 1; i >= 0; i--)
                if (Known[i].Moment.CompareTo(moment) < 0)
                    return moment.Occurred - Known[i].Moment.Occurred < remember ? Known[i] : null;
            return null;
        }

        /// <summary>What nothing to come can ask for; true when there was no room for something that could.</summary>
        public bool ForgetOlder(long watermark)
        {
            int old = 0;
            while (old + 1 < Known.Count && Known[old + 1].Moment.Occurred <= watermark) old++;
            int surplus = Math.Max(0, Known.Count - old - MostKnown);
            Known.RemoveRange(0, old + surplus);
            return surplus > 0;
        }

        public long NextDue(long remember)
        {
            long due = Known.Count > 0 ? Known[^1].Moment.Occurred + remember : Deadline.Never;
            return Waiting.Count > 0 ? Math.Min(due, Waiting[0].Moment.Occurred) : due;
        }
    }
}
