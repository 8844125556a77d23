using Streams.Engine.Keys;
using Streams.Events;

namespace Streams.Engine;

/// <summary><c>.Unless(…)</c>: leave out what is accounted for.</summary>
public static class UnlessOperator
{
    /// <summary>
    /// Lets through, at once, each element of whose key nothing of <paramref name="known"/> has come. What is known counts from its arrival
    /// on, for elements that occurred less than <paramref name="remember"/> after it. With <paramref name="maxKeys"/> keys, the one that
    /// would be forgotten first makes room, and is counted.
    /// </summary>
    /// <param name="source">What is left out or let through; an episode when it starts.</param>
    /// <param name="name">The operator's name, its own within the query.</param>
    /// <param name="known">What accounts for it.</param>
    /// <param name="key">The key of an element. Null is a key of its own.</param>
    /// <param name="knownKey">The key of what is known.</param>
    /// <param name="remember">How long it is known, by occurred time.</param>
    /// <param name="maxKeys">How many keys a host, in a fleet query the fleet, may have.</param>
    public static IObservable<T> Unless<T, TKnown, TKey>(
        this IObservable<T> source,
        string name,
        IObservable<TKnown> known,
        Func<T, TKey> key,
        Func<TKnown, TKey> knownKey,
        TimeSpan remember,
        int maxKeys = 10_000)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(knownKey);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(remember, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxKeys, 1);
        return new Filter<T, TKnown, TKey>(source, name, known, key, knownKey, remember.Ticks, maxKeys);
    }

    private sealed class Filter<T, TKnown, TKey> : NamedOperator<T, T>, IKeyedOwner<TKey, Known<TKey>>
    {
        private readonly IObservable<TKnown> _known;
        private readonly Func<T, TKey> _key;
        private readonly Func<TKnown, TKey> _knownKey;
        private readonly long _remember;
        private readonly Scoped<KeyedState<TKey, Known<TKey>>> _keys;

        public Filter(
            IObservable<T> source, string name, IObservable<TKnown> known, Func<T, TKey> key, Func<TKnown, TKey> knownKey, long remember, int maxKeys)
            : base(name, source)
        {
            KeyCodec<TKey>.Check();
            _known = known;
            _key = key;
            _knownKey = knownKey;
            _remember = remember;
            _keys = new(scope => new(this, scope, maxKeys));
        }

        public override long Held => _keys.All.Sum(k => (long)k.Count);

        public void OnDue(KeyedState<TKey, Known<TKey>> state, Known<TKey> entry, long due) => state.Remove(entry);

        public void OnEvicted(KeyedState<TKey, Known<TKey>> state, Known<TKey> entry)
        {
        }

        protected override IDisposable Connect()
        {
            // What is known comes first: an event that is on both sides accounts for itself.
            IDisposable known = _known.Subscribe(new KnownObserver(this));
            return System.Reactive.Disposables.StableCompositeDisposable.Create(known, base.Connect());
        }

        protected override void On(T value)
        {
            if (_keys[Scope].Find(_key(value)) is { } known && Moment.Of(value, Shard).Occurred < known.Due) return;
            Say(value);
        }

        private void OnKnown(TKnown value)
        {
            KeyedState<TKey, Known<TKey>> keys = _keys[Scope];
            TKey key = _knownKey(value);
            long until = Moment.Of(value, Shard).Occurred + _remember;
            Known<TKey>? known = keys.Find(key);
            if (known is null) keys.Add(known = new Known<TKey>(key));
            else if (until <= known.Due) return;
            keys.SetDue(known, until);
        }

        private sealed class KnownObserver(Filter<T, TKnown, TKey> of) : IObserver<TKnown>
        {
            public void OnNext(TKnown value)
            {
                if (value is Episode { Status: not AlertStatus.Start }) return;
                of.OnKnown(value);
            }

            public void OnError(Exception error) => of.Fail(error);

            public void OnCompleted()
            {
            }
        }
    }

    private sealed class Known<TKey>(TKey key) : Keyed<TKey>(key);
}
