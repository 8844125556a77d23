using Streams.Engine.Shards;
using Streams.Events;

namespace Streams.Engine;

/// <summary>All that came of one key within a period.</summary>
/// <typeparam name="T">What came.</typeparam>
/// <typeparam name="TKey">The type of the key.</typeparam>
public sealed class Suppressed<T, TKey> : Episode<TKey>
{
    /// <summary>The first of them.</summary>
    public required T Event { get; init; }

    /// <summary>The one that occurred last so far; of a start the same as <see cref="Event"/>.</summary>
    public required T Newest { get; init; }
}

/// <summary><c>.Suppress(…)</c>: say a thing once a period.</summary>
public static class SuppressOperator
{
    /// <summary>
    /// Puts what comes of one key within <paramref name="period"/> of the first into one episode: it starts with the first, is said again
    /// when its count has doubled, and ends when the period is over by the watermark, or by something of the same key that occurred later.
    /// What occurs exactly a period after the first begins the next episode. With <paramref name="maxKeys"/> keys at once, the episode
    /// that would end first is ended to make room, and counted.
    /// </summary>
    /// <param name="source">Where from.</param>
    /// <param name="name">The operator's name, its own within the query.</param>
    /// <param name="key">What is the same; null is a key of its own, and so is each tuple with a part that is null.</param>
    /// <param name="period">How long an episode lasts.</param>
    /// <param name="maxKeys">How many keys a host, in a fleet query the fleet, may have at once.</param>
    public static IObservable<Suppressed<T, TKey>> Suppress<T, TKey>(
        this IObservable<T> source, string name, Func<T, TKey> key, TimeSpan period, int maxKeys = 100_000)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(period, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxKeys, 1);
        return new Suppressions<T, TKey>(source, name, key, period.Ticks, maxKeys);
    }

    private sealed class Suppressions<T, TKey> : NamedOperator<T, Suppressed<T, TKey>>, IKeyedOwner<TKey, Suppression<T, TKey>>
    {
        private readonly Func<T, TKey> _key;
        private readonly long _period;
        private readonly Scoped<KeyedState<TKey, Suppression<T, TKey>>> _keys;

        public Suppressions(IObservable<T> source, string name, Func<T, TKey> key, long period, int maxKeys) : base(name, source)
        {
            Keys.KeyCodec<TKey>.Check();
            _key = key;
            _period = period;
            _keys = new(scope => new(this, scope, maxKeys));
        }

        public override long Held => _keys.All.Sum(k => (long)k.Count);

        protected override void On(T value)
        {
            TKey key = _key(value);
            Moment moment = Moment.Of(value, Shard);
            KeyedState<TKey, Suppression<T, TKey>> keys = _keys[Scope];
            Suppression<T, TKey>? open = keys.Find(key);
            if (open is not null && moment.Occurred >= open.Due)
            {
                End(keys, open, open.Due);
                open = null;
            }

            if (open is not null)
            {
                open.Add(value, moment, Shard.Event);
                if (open.Said.IsDoubled(open.Count)) Say(open.Saying(AlertStatus.Update, open.Last));
                return;
            }

            open = new Suppression<T, TKey>(key, value, moment, Shard.Event);
            keys.Add(open);
            keys.SetDue(open, moment.Occurred + _period);
            Say(open.Saying(AlertStatus.Start, moment));
        }

        public void OnDue(KeyedState<TKey, Suppression<T, TKey>> state, Suppression<T, TKey> entry, long due) => End(state, entry, due);

        public void OnEvicted(KeyedState<TKey, Suppression<T, TKey>> state, Suppression<T, TKey> entry) =>
            Say(entry.Saying(AlertStatus.End, entry.Last));

        private void End(KeyedState<TKey, Suppression<T, TKey>> keys, Suppression<T, TKey> entry, long at)
        {
            keys.Remove(entry);
            Say(entry.Saying(AlertStatus.End, Moment.At(at)));
        }
    }

    private sealed class Suppression<T, TKey> : Keyed<TKey>
    {
        private readonly T _value;
        private readonly Evidence _evidence = new();
        private T _newest;
        private bool _severalHosts;

        public Suppression(TKey key, T value, Moment first, Event? delivered) : base(key)
        {
            _value = _newest = value;
            First = Last = first;
            _evidence.Add(value, delivered);
        }

        public Moment First { get; }

        public Moment Last { get; private set; }

        public long Count { get; private set; } = 1;

        public Doubling Said { get; } = new(1);

        public void Add(T value, Moment moment, Event? delivered)
        {
            Count++;
            if (moment.CompareTo(Last) >= 0) (_newest, Last) = (value, moment);
            _severalHosts |= moment.Host != First.Host;
            _evidence.Add(value, delivered);
        }

        public Suppressed<T, TKey> Saying(AlertStatus status, Moment at) => new()
        {
            Key = Key,
            Event = _value,
            Newest = _newest,
            Status = status,
            Host = _severalHosts ? null : First.Host,
            Trigger = First.Id,
            Timestamp = at.Id.Occurred,
            At = at.Occurred,
            Started = First.Id.Occurred,
            Ended = status == AlertStatus.End ? at.Id.Occurred : null,
            Count = Count,
            Evidence = _evidence.ToList(),
        };
    }
}
