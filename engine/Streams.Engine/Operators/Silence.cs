using Streams.Engine.Keys;
using Streams.Engine.Shards;
using Streams.Events;

namespace Streams.Engine;

/// <summary>Something that came before does not come any more, or is back.</summary>
/// <typeparam name="TKey">The type of the key.</typeparam>
public sealed class Silence<TKey> : Episode<TKey>
{
    /// <summary>When it last came, by the shard clock.</summary>
    public DateTimeOffset LastSeen { get; internal init; }
}

/// <summary><c>.Silence(…)</c>: what has stopped coming.</summary>
public static class SilenceOperator
{
    /// <summary>
    /// Starts an episode when nothing of a key has come for <paramref name="after"/> by the shard clock, at exactly that time, and ends it
    /// when something comes again. The only operator that goes by arrival: it does not count time in which this process, or the collector
    /// and host that the key was last heard from, was down, or in which the query was in quarantine. A null key is none, and so is a tuple
    /// with a part that is null. What stays silent for <paramref name="forget"/> more is forgotten, which also ends its episode; with
    /// <paramref name="maxKeys"/> keys, the one that would be silent or forgotten first makes room, and is counted.
    /// </summary>
    /// <param name="source">Where from.</param>
    /// <param name="name">The operator's name, its own within the query.</param>
    /// <param name="key">What is to be heard of: <c>e => e.Host</c>.</param>
    /// <param name="after">How long nothing may come.</param>
    /// <param name="forget">How long an episode may last; 30 days unless given.</param>
    /// <param name="maxKeys">How many keys a host, in a fleet query the fleet, may have.</param>
    public static IObservable<Silence<TKey>> Silence<T, TKey>(
        this IObservable<T> source, string name, Func<T, TKey> key, TimeSpan after, TimeSpan? forget = null, int maxKeys = 100_000)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(after, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxKeys, 1);
        return new Silences<T, TKey>(source, name, key, after.Ticks, (forget ?? TimeSpan.FromDays(30)).Ticks, maxKeys);
    }

    private sealed class Silences<T, TKey> : NamedOperator<T, Silence<TKey>>, IKeyedOwner<TKey, Heard<TKey>>
    {
        private readonly Func<T, TKey> _key;
        private readonly long _after;
        private readonly long _forget;
        private readonly Scoped<KeyedState<TKey, Heard<TKey>>> _keys;

        public Silences(IObservable<T> source, string name, Func<T, TKey> key, long after, long forget, int maxKeys) : base(name, source)
        {
            KeyCodec<TKey>.Check();
            _key = key;
            _after = after;
            _forget = forget;
            _keys = new(_ => new(this, Shard.Clock, maxKeys));
        }

        public override long Held => _keys.Held;

        protected override void On(T value)
        {
            TKey key = _key(value);
            if (KeyCodec<TKey>.Instance.HasNull(key)) return;
            KeyedState<TKey, Heard<TKey>> keys = _keys[Scope];
            Heard<TKey>? heard = keys.Find(key);
            long now = Shard.Clock.Ticks;
            if (heard is null)
            {
                heard = new Heard<TKey>(key);
                keys.Add(heard);
            }
            else if (heard.SilentSince is not null)
            {
                Silence<TKey> end = heard.Saying(AlertStatus.End, now);
                heard.SilentSince = null;
                Say(end);
            }

            heard.LastSeen = now;
            heard.Source = Shard.Host;
            heard.Collector = Shard.Event?.Collector ?? Outage.Process;
            heard.Downtime = DowntimeOf(heard);
            heard.Last = Moment.Of(value, Shard);
            heard.Evidence = value as Event ?? Shard.Event;
            keys.SetDue(heard, now + _after);
        }

        public void OnDue(KeyedState<TKey, Heard<TKey>> state, Heard<TKey> entry, long due)
        {
            long down = DowntimeOf(entry) - entry.Downtime;
            if (down > 0)
            {
                entry.Downtime += down;
                state.SetDue(entry, due + down);
            }
            else if (entry.SilentSince is null)
            {
                entry.SilentSince = due;
                state.SetDue(entry, _forget > Deadline.Never - due ? Deadline.Never : due + _forget);
                Say(entry.Saying(AlertStatus.Start, due));
            }
            else
            {
                state.Remove(entry);
                Say(entry.Saying(AlertStatus.End, due));
            }
        }

        public void OnEvicted(KeyedState<TKey, Heard<TKey>> state, Heard<TKey> entry)
        {
            if (entry.SilentSince is not null) Say(entry.Saying(AlertStatus.End, Shard.Clock.Ticks));
        }

        // Time in which the key could not have been heard.
        private long DowntimeOf(Heard<TKey> heard) => heard.Source is not { } source
            ? Shard.ProcessDowntime
            : Shard.ProcessDowntime + source.DowntimeOf(heard.Collector) + Run.Quarantine.PausedSince(source, heard.LastSeen);
    }

    private sealed class Heard<TKey>(TKey key) : Keyed<TKey>(key)
    {
        public long LastSeen { get; set; }

        /// <summary>The host and its collector that it was last heard from.</summary>
        public HostScope? Source { get; set; }

        public string Collector { get; set; } = Outage.Process;

        /// <summary>How much of the time since the start does not count, as far as that has been considered.</summary>
        public long Downtime { get; set; }

        public Moment Last { get; set; }

        public Event? Evidence { get; set; }

        public long? SilentSince { get; set; }

        public Silence<TKey> Saying(AlertStatus status, long at) => new()
        {
            Key = Key,
            Status = status,
            Host = Last.Host,
            Trigger = Last.Id,
            LastSeen = new DateTimeOffset(LastSeen, TimeSpan.Zero),
            Timestamp = new DateTimeOffset(at, TimeSpan.Zero),
            Started = new DateTimeOffset(SilentSince!.Value, TimeSpan.Zero),
            Ended = status == AlertStatus.End ? new DateTimeOffset(at, TimeSpan.Zero) : null,
            Evidence = Evidence is null ? [] : [Evidence],
        };
    }
}
