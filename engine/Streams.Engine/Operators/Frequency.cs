using Streams.Engine.Keys;
using Streams.Engine.Shards;
using Streams.Events;

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
    /// Starts an episode when a window (t − <paramref name="within"/>, t] of occurred time holds <paramref name="count"/> of one key,
    /// whatever order they arrive in; says it again when the count has doubled; and ends it when none has come for
    /// <paramref name="within"/>, by the watermark. With <paramref name="distinct"/>, what has the same value counts once. With
    /// <paramref name="maxKeys"/> keys, the one that would be forgotten first makes room, which ends its episode, and is counted.
    /// </summary>
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
        return new Frequencies<T, TKey>(source, name, key, count, within.Ticks, distinct, maxKeys);
    }

    private sealed class Frequencies<T, TKey> : NamedOperator<T, Frequency<T, TKey>>, IKeyedOwner<TKey, Counted<T, TKey>>
    {
        private readonly Func<T, TKey> _key;
        private readonly int _count;
        private readonly long _within;
        private readonly Func<T, object?>? _distinct;
        private readonly Scoped<KeyedState<TKey, Counted<T, TKey>>> _keys;

        public Frequencies(
            IObservable<T> source, string name, Func<T, TKey> key, int count, long within, Func<T, object?>? distinct, int maxKeys)
            : base(name, source)
        {
            KeyCodec<TKey>.Check();
            _key = key;
            _count = count;
            _within = within;
            _distinct = distinct;
            _keys = new(scope => new(this, scope, maxKeys));
        }

        public override long Held => _keys.All.Sum(k => (long)k.Count);

        protected override void On(T value)
        {
            TKey key = _key(value);
            object? distinct = _distinct?.Invoke(value);
            Scope scope = Scope;
            KeyedState<TKey, Counted<T, TKey>> keys = _keys[scope];
            Moment moment = Moment.Of(value, Shard);
            Counted<T, TKey>? counted = keys.Find(key);
            if (counted is not null && moment.Occurred >= counted.Due)
            {
                End(keys, counted, counted.Due);
                counted = null;
            }

            if (counted is null)
            {
                counted = new Counted<T, TKey>(key, _count);
                keys.Add(counted);
            }

            var occurrence = new Occurrence<T>(moment, value, Shard.Event, distinct);
            long watermark = scope.Watermark;
            int place = counted.Insert(occurrence, _distinct is not null, watermark == long.MinValue ? watermark : watermark - _within);
            keys.SetDue(counted, Math.Max(counted.Newest, moment.Occurred) + _within);
            if (place < 0) return;
            if (counted.IsOpen)
            {
                if (counted.Goes(occurrence)) Say(counted.Saying(AlertStatus.Update, Moment.At(counted.Newest)));
            }
            else if (counted.Reaches(place, _within))
            {
                Say(counted.Saying(AlertStatus.Start, counted.Trigger));
            }
        }

        public void OnDue(KeyedState<TKey, Counted<T, TKey>> state, Counted<T, TKey> entry, long due) => End(state, entry, due);

        public void OnEvicted(KeyedState<TKey, Counted<T, TKey>> state, Counted<T, TKey> entry)
        {
            if (entry.IsOpen) Say(entry.Saying(AlertStatus.End, Moment.At(entry.Newest)));
        }

        private void End(KeyedState<TKey, Counted<T, TKey>> keys, Counted<T, TKey> entry, long at)
        {
            keys.Remove(entry);
            if (entry.IsOpen) Say(entry.Saying(AlertStatus.End, Moment.At(at)));
        }
    }

    private readonly record struct Occurrence<T>(Moment Moment, T Value, Event? Delivered, object? Distinct);

    private sealed class Counted<T, TKey>(TKey key, int count) : Keyed<TKey>(key)
    {
        // In order. More than the count, so that what arrives late finds those before it; not more than that, however many come.
        private readonly List<Occurrence<T>> _window = [];
        private Evidence? _evidence;
        private Doubling? _said;
        private Occurrence<T> _latest;
        private long _total;
        private long _first;
        private bool _severalHosts;

        public bool IsOpen => _evidence is not null;

        public long Newest { get; private set; } = long.MinValue;

        public Moment Trigger { get; private set; }

        /// <summary>Puts it into its place; -1 when it counts no further.</summary>
        public int Insert(Occurrence<T> occurrence, bool distinct, long forgottenUpTo)
        {
            // What is outside of every window to come does no harm; half at a time, its removal costs next to nothing.
            int half = _window.Count / 2;
            if (_window.Count > 0 && _window[half].Moment.Occurred <= forgottenUpTo) _window.RemoveRange(0, half + 1);
            if (distinct)
            {
                int same = _window.FindIndex(o => Equals(o.Distinct, occurrence.Distinct));
                if (same >= 0)
                {
                    // The later sight of a value stands for it.
                    if (_window[same].Moment.CompareTo(occurrence.Moment) >= 0) return -1;
                    _window.RemoveAt(same);
                    Newest = Math.Max(Newest, occurrence.Moment.Occurred);
                    int moved = Place(occurrence);
                    return IsOpen ? -1 : moved;
                }
            }

            Newest = Math.Max(Newest, occurrence.Moment.Occurred);
            return Place(occurrence);
        }

        /// <summary>
        /// Whether a window that ends at this place, or later and holds it, has as many as it takes; the episode then starts.
        /// </summary>
        public bool Reaches(int place, long within)
        {
            for (int last = Math.Max(place, count - 1); last < _window.Count && last < place + count; last++)
            {
                int first = last - count + 1;
                if (_window[last].Moment.Occurred - _window[first].Moment.Occurred >= within) continue;
                Start(first, last);
                return true;
            }

            return false;
        }

        /// <summary>Counts one more; whether the count has doubled.</summary>
        public bool Goes(Occurrence<T> occurrence)
        {
            Count(occurrence);
            return _said!.IsDoubled(_total);
        }

        public Frequency<T, TKey> Saying(AlertStatus status, Moment at) => new()
        {
            Key = Key,
            Event = _latest.Value,
            Status = status,
            Host = _severalHosts ? null : Trigger.Host,
            Trigger = Trigger.Id,
            Timestamp = at.Id.Occurred,
            At = at.Occurred,
            Started = Trigger.Id.Occurred,
            Ended = status == AlertStatus.End ? at.Id.Occurred : null,
            Count = _total,
            First = new DateTimeOffset(_first, TimeSpan.Zero),
            Last = _latest.Moment.Id.Occurred,
            Evidence = _evidence!.ToList(),
        };

        private int Place(Occurrence<T> occurrence)
        {
            int place = _window.Count;
            while (place > 0 && _window[place - 1].Moment.CompareTo(occurrence.Moment) > 0) place--;
            _window.Insert(place, occurrence);
            int most = Math.Max(2 * count, 64);
            if (_window.Count <= 2 * most) return place;
            _window.RemoveRange(0, most);
            return Math.Max(0, place - most);
        }

        private void Start(int first, int last)
        {
            Trigger = _window[last].Moment;
            _evidence = new Evidence();
            _first = _window[first].Moment.Occurred;
            _latest = _window[first];
            for (int i = first; i < _window.Count; i++) Count(_window[i]);
            _said = new Doubling(_total);
        }

        private void Count(Occurrence<T> occurrence)
        {
            _total++;
            _first = Math.Min(_first, occurrence.Moment.Occurred);
            if (occurrence.Moment.CompareTo(_latest.Moment) > 0) _latest = occurrence;
            _severalHosts |= occurrence.Moment.Host != Trigger.Host;
            _evidence!.Add(occurrence.Value, occurrence.Delivered);
        }
    }
}
