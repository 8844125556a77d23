using Streams.Engine.Keys;

namespace Streams.Engine;

/// <summary>Many of one key within a short time.</summary>
/// <typeparam name="T">What there are many of.</typeparam>
/// <typeparam name="TKey">The type of the key.</typeparam>
public sealed class Frequency<T, TKey> : Episode<TKey>
{
    /// <summary>The latest of them.</summary>
    public required T Event { get; init; }

    /// <summary>When the first of them occurred.</summary>
    public DateTimeOffset First { get; internal init; }

    /// <summary>When the latest of them occurred.</summary>
    public DateTimeOffset Last { get; internal init; }
}

/// <summary><c>.Frequency(…)</c>: so many of one key within a time.</summary>
public static class FrequencyOperator
{
    /// <summary>
    /// Starts an episode when a window (t − <paramref name="within"/>, t] of occurred time holds <paramref name="count"/> of one key;
    /// reports it again when its count has doubled; and ends it when none has come for <paramref name="within"/>, by the watermark. With
    /// <paramref name="distinct"/>, what has the same value counts once in an episode.
    /// </summary>
    /// <remarks>
    /// <para>
    /// Episodes, their counts, first and last are those of the order in which the elements occurred, in whatever order they arrive. An
    /// episode starts with the arrival of the element that fills a window; only while an episode of the same key is open does another one
    /// wait for the watermark to show that they are two, at most for the lateness. An element that arrives when the watermark has passed
    /// it is late: it counts in no window and in no episode, and is counted itself (<see cref="QueryStatistics.Late"/>).
    /// </para>
    /// <para>
    /// With <paramref name="maxKeys"/> keys, the one that would be forgotten first makes room, which ends its episode. Of one key at most
    /// 4 × <paramref name="count"/>, at least 128, elements that are not yet part of an episode are kept, then the older half is decided
    /// without waiting for more; and in an episode as many values of <paramref name="distinct"/>, at least 1,024, are counted. Each time
    /// this changes what is counted, it is counted as a cap.
    /// </para>
    /// </remarks>
    /// <param name="source">Where from.</param>
    /// <param name="name">The operator's name, its own within the query.</param>
    /// <param name="key">What is counted apart; null is a key of its own, and so is each tuple with a part that is null.</param>
    /// <param name="count">How many it takes, 1 to 10,000.</param>
    /// <param name="within">How long the window is; a span of exactly that is outside.</param>
    /// <param name="distinct">Count different values of this instead of events.</param>
    /// <param name="maxKeys">How many keys a host, in a fleet query the fleet, may have.</param>
    public static IObservable<Frequency<T, TKey>> Frequency<T, TKey>(
        this IObservable<T> source,
        string name,
        Func<T, TKey> key,
        int count,
        TimeSpan within,
        Func<T, object?>? distinct = null,
        int maxKeys = 10_000)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 10_000);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(within, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxKeys, 1);
        return new Frequencies<T, TKey>(source, name, key, new FrequencyRule(count, within.Ticks, distinct is not null), distinct, maxKeys);
    }

    private sealed class Frequencies<T, TKey> : NamedOperator<T, Frequency<T, TKey>>, IKeyedOwner<TKey, FrequencyKey<T, TKey>>
    {
        private readonly Func<T, TKey> _key;
        private readonly FrequencyRule _rule;
        private readonly Func<T, object?>? _distinct;
        private readonly Scoped<KeyedState<TKey, FrequencyKey<T, TKey>>> _keys;

        public Frequencies(
            IObservable<T> source, string name, Func<T, TKey> key, FrequencyRule rule, Func<T, object?>? distinct, int maxKeys)
            : base(name, source)
        {
            KeyCodec<TKey>.Check();
            _key = key;
            _rule = rule;
            _distinct = distinct;
            _keys = new(scope => new(this, scope, maxKeys));
        }

        public override long Held => _keys.Held;

        protected override void On(T value)
        {
            Shards.Scope scope = Scope;
            if (!Arrives(value, scope, out Moment moment))
            {
                CountLate();
                return;
            }

            TKey key = _key(value);
            object? distinct = _distinct?.Invoke(value);
            KeyedState<TKey, FrequencyKey<T, TKey>> keys = _keys[scope];
            FrequencyKey<T, TKey>? counted = keys.Find(key);
            if (counted is null)
            {
                counted = new FrequencyKey<T, TKey>(key, _rule);
                keys.Add(counted);
            }

            bool hasRoom = counted.Take(new Occurrence<T>(moment, value, Shard.Event, distinct), scope.Watermark);
            keys.SetDue(counted, counted.NextDue);
            if (!hasRoom) CountCap();
            SayFound(counted);
        }

        public void OnDue(KeyedState<TKey, FrequencyKey<T, TKey>> state, FrequencyKey<T, TKey> entry, long due)
        {
            if (entry.EndsAt(due)) state.Remove(entry);
            else state.SetDue(entry, entry.NextDue);
            SayFound(entry);
        }

        public void OnEvicted(KeyedState<TKey, FrequencyKey<T, TKey>> state, FrequencyKey<T, TKey> entry)
        {
            entry.EndNow();
            SayFound(entry);
        }

        private void SayFound(FrequencyKey<T, TKey> entry)
        {
            if (entry.Found.Count == 0) return;
            Frequency<T, TKey>[] found = [.. entry.Found];
            entry.Found.Clear();
            foreach (Frequency<T, TKey> each in found) Say(each);
        }
    }
}
