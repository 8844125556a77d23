using Streams.Engine.Keys;
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

/// <summary><c>.Suppress(…)</c>: report a thing once a period.</summary>
public static class SuppressOperator
{
    /// <summary>
    /// Puts what comes of one key within <paramref name="period"/> of the first into one episode: it starts with the first, is reported
    /// again when its count has doubled, and ends when the period is over by the watermark. What occurs exactly a period after the first
    /// begins the next episode.
    /// </summary>
    /// <remarks>
    /// <para>
    /// Episodes and their counts are those of the order in which the elements occurred, in whatever order they arrive, and start with the
    /// arrival of their first element. What occurs after the period starts the next episode at once; the one before it still ends by the
    /// watermark, so for as long as the lateness two of one key may be open.
    /// </para>
    /// <para>
    /// An element that arrives when the watermark has passed it is late: it counts in no episode, and it is passed over when an episode of
    /// its key is open, or has been less than a period away from it and ended less than the period, at most ten minutes, ago. Otherwise
    /// nothing has reported it, and it is reported alone, as an alert that has ended. Late elements are counted
    /// (<see cref="QueryStatistics.Late"/>).
    /// </para>
    /// <para>
    /// With <paramref name="maxKeys"/> keys at once, the episode that would end first is ended to make room; of as many more it is known
    /// that they have ended. Of one key at most 64 episodes are open at once, then the first is ended. All of these are counted as caps.
    /// </para>
    /// </remarks>
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
        private readonly Scoped<ReportedKeys<TKey>> _reported;

        public Suppressions(IObservable<T> source, string name, Func<T, TKey> key, long period, int maxKeys) : base(name, source)
        {
            KeyCodec<TKey>.Check();
            _key = key;
            _period = period;
            _keys = new(scope => new(this, scope, maxKeys));
            _reported = new(scope => new(Run, CountCap, scope, period, maxKeys));
        }

        public override long Held => _keys.Held + _reported.Held;

        protected override void On(T value)
        {
            Scope scope = Scope;
            KeyedState<TKey, Suppression<T, TKey>> keys = _keys[scope];
            bool isLate = !Arrives(value, scope, out Moment moment);
            TKey key = _key(value);
            Suppression<T, TKey>? head = keys.Find(key);
            var element = new Suppressible<T>(moment, value, Shard.Event);
            if (isLate)
            {
                CountLate();
                if (head is not null || _reported[scope].Contains(key, moment.Occurred)) return;
                _reported[scope].Add(key, moment.Occurred, scope.Watermark);
                Say(new Suppression<T, TKey>(key, element, moment.Id).Alone());
                return;
            }

            // The episode that has begun last when the element occurs.
            Suppression<T, TKey>? before = null;
            for (Suppression<T, TKey>? each = head; each is not null && each.First.CompareTo(moment) <= 0; each = each.Next) before = each;
            if (before is not null && moment.Occurred - before.First.Occurred < _period)
            {
                before.Add(element, scope.Watermark, _period);
                Update(before);
            }
            else if (head is not null && moment.Occurred < head.From)
            {
                CountCap();
            }
            else
            {
                Begin(keys, key, head, before, [element]);
            }
        }

        public void OnDue(KeyedState<TKey, Suppression<T, TKey>> state, Suppression<T, TKey> entry, long due) =>
            End(state, entry, due);

        public void OnEvicted(KeyedState<TKey, Suppression<T, TKey>> state, Suppression<T, TKey> entry)
        {
            for (Suppression<T, TKey>? each = entry; each is not null; each = each.Next) Say(each.Saying(AlertStatus.End, each.Last));
        }

        // Elements of one period, behind one episode and in front of the next: either that one begins with them, or they are one of their
        // own. What is then behind the period of the one that begins earlier is in front of the one after it, and so on.
        private void Begin(
            KeyedState<TKey, Suppression<T, TKey>> keys,
            TKey key,
            Suppression<T, TKey>? head,
            Suppression<T, TKey>? before,
            List<Suppressible<T>> elements)
        {
            EventId trigger = elements[0].Moment.Id;
            while (elements.Count > 0)
            {
                Suppression<T, TKey>? next = before is null ? head : before.Next;
                if (next is null || next.First.Occurred - elements[0].Moment.Occurred >= _period)
                {
                    Start(keys, key, head, before, next, elements, trigger);
                    return;
                }

                elements = next.Precede(elements, _period, out bool hasRoom);
                if (next == head) keys.SetDue(head, head.First.Occurred + _period);
                Update(next);
                if (!hasRoom) CountCap();
                before = next;
            }
        }

        private void Start(
            KeyedState<TKey, Suppression<T, TKey>> keys,
            TKey key,
            Suppression<T, TKey>? head,
            Suppression<T, TKey>? before,
            Suppression<T, TKey>? next,
            List<Suppressible<T>> elements,
            EventId trigger)
        {
            var started = new Suppression<T, TKey>(key, elements[0], trigger) { Next = next };
            for (int i = 1; i < elements.Count; i++) started.Hold(elements[i]);
            if (before is not null)
            {
                before.Next = started;
            }
            else
            {
                if (head is not null) keys.Remove(head);
                keys.Add(started);
                keys.SetDue(started, started.First.Occurred + _period);
                head = started;
            }

            _ = started.HasDoubled();
            Say(started.Saying(AlertStatus.Start, started.First));
            int open = 0;
            for (Suppression<T, TKey>? each = head; each is not null; each = each.Next) open++;
            if (open <= MaxOpen) return;
            CountCap();
            head!.Next!.From = head.First.Occurred + _period;
            End(keys, head, head.First.Occurred + _period);
        }

        private void End(KeyedState<TKey, Suppression<T, TKey>> keys, Suppression<T, TKey> head, long at)
        {
            keys.Remove(head);
            if (head.Next is { } next)
            {
                keys.Add(next);
                keys.SetDue(next, next.First.Occurred + _period);
            }
            else
            {
                Scope scope = Shard.ScopeOf(Run);
                _reported[scope].Add(head.Key, head.First.Occurred, scope.Watermark);
            }

            Say(head.Saying(AlertStatus.End, Moment.At(at)));
        }

        private void Update(Suppression<T, TKey> episode)
        {
            if (episode.HasDoubled()) Say(episode.Saying(AlertStatus.Update, episode.Last));
        }

        private const int MaxOpen = 64;
    }
}
