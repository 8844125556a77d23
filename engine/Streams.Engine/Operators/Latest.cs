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

        public override long Held => _keys.Held;

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
            if (joined?.Partners.Before(moment, _remember) is { } known)
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
            if (!joined.Partners.Wait(element)) CountCap();
            keys.SetDue(joined, Math.Min(joined.Due, moment.Occurred));
        }

        private void OnKnown(TKnown value)
        {
            Scope scope = Scope;
            KeyedState<TKey, Joined<T, TKnown, TKey>> keys = _keys[scope];
            TKey key = _knownKey(value);
            Moment moment = Moment.Of(value, Shard);
            Joined<T, TKnown, TKey> joined = keys.Find(key) ?? Add(keys, key);
            if (!joined.Partners.Know(new Element<TKnown>(moment, value, Shard.Event), scope.Watermark)) CountCap();
            keys.SetDue(joined, joined.Partners.NextDue(_remember));
            while (joined.Partners.TakeMatched(_remember, out Element<T> waiting) is { } match) Say(Match(key, waiting, match));
        }

        public void OnDue(KeyedState<TKey, Joined<T, TKnown, TKey>> state, Joined<T, TKnown, TKey> entry, long due)
        {
            entry.Partners.ForgetUpTo(due, _remember);
            if (entry.Partners.IsEmpty) state.Remove(entry);
            else state.SetDue(entry, entry.Partners.NextDue(_remember));
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

    private sealed class Joined<T, TKnown, TKey>(TKey key) : Keyed<TKey>(key)
    {
        public Partners<T, TKnown> Partners { get; } = new();
    }

    private readonly record struct Element<T>(Moment Moment, T Value, Event? Delivered);

    // Of one key, which stands beside it: what is generic over the type of a key is compiled for each type at every start.
    private sealed class Partners<T, TKnown>
    {
        // In order: the last that occurred up to the watermark, and what occurred since.
        private readonly List<Element<TKnown>> _known = [];

        // In order: what is waiting for something known that occurred before it.
        private readonly List<Element<T>> _waiting = [];

        public bool IsEmpty => _waiting.Count + _known.Count == 0;

        /// <summary>Adds what is known now; false when there was no room for something that may still be asked for.</summary>
        public bool Know(Element<TKnown> known, long watermark)
        {
            Insert(_known, known);
            int old = 0;
            while (old + 1 < _known.Count && _known[old + 1].Moment.Occurred <= watermark) old++;
            int surplus = Math.Max(0, _known.Count - old - MostKnown);
            _known.RemoveRange(0, old + surplus);
            return surplus == 0;
        }

        /// <summary>Adds what waits; false when another had to make room.</summary>
        public bool Wait(Element<T> element)
        {
            bool hasRoom = _waiting.Count < MostWaiting;
            if (!hasRoom) _waiting.RemoveAt(0);
            Insert(_waiting, element);
            return hasRoom;
        }

        /// <summary>What was known last before a moment.</summary>
        public Element<TKnown>? Before(Moment moment, long remember)
        {
            for (int i = _known.Count - 1; i >= 0; i--)
                if (_known[i].Moment.CompareTo(moment) < 0)
                    return moment.Occurred - _known[i].Moment.Occurred < remember ? _known[i] : null;
            return null;
        }

        /// <summary>Takes out the first that waits and has something known before it, which is returned; null for none.</summary>
        public Element<TKnown>? TakeMatched(long remember, out Element<T> element)
        {
            for (int i = 0; i < _waiting.Count; i++)
            {
                element = _waiting[i];
                if (Before(element.Moment, remember) is not { } known) continue;
                _waiting.RemoveAt(i);
                return known;
            }

            element = default;
            return null;
        }

        public void ForgetUpTo(long due, long remember)
        {
            _waiting.RemoveAll(e => e.Moment.Occurred <= due);
            _known.RemoveAll(e => e.Moment.Occurred + remember <= due);
        }

        public long NextDue(long remember)
        {
            long due = _known.Count > 0 ? _known[^1].Moment.Occurred + remember : Deadline.Never;
            return _waiting.Count > 0 ? Math.Min(due, _waiting[0].Moment.Occurred) : due;
        }

        private static void Insert<TElement>(List<Element<TElement>> elements, Element<TElement> element)
        {
            int place = elements.Count;
            while (place > 0 && elements[place - 1].Moment.CompareTo(element.Moment) > 0) place--;
            elements.Insert(place, element);
        }

        private const int MostKnown = 64;

        private const int MostWaiting = 64;
    }
}
