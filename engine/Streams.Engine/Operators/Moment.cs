using Streams.Engine.Shards;
using Streams.Events;

namespace Streams.Engine;

/// <summary>
/// When and where an element of a query happened: by itself where it is an event or an episode, else by the event being delivered.
/// </summary>
internal readonly record struct Moment(string Host, long Occurred, ulong Serial) : IComparable<Moment>
{
    public EventId Id => new(Host, new DateTimeOffset(Occurred, TimeSpan.Zero), Serial);

    public static Moment Of<T>(T element, Shard shard)
    {
        if (element is Event e) return new Moment(e.Host, e.OccurredTicks, e.Serial);
        if (element is Episode episode) return new Moment(episode.Trigger.Host, episode.Timestamp.UtcTicks, episode.Trigger.Serial);
        return shard.Event is { } delivered
            ? new Moment(delivered.Host, delivered.OccurredTicks, delivered.Serial)
            : new Moment(shard.Host?.Name ?? "", shard.Clock.Ticks, 0);
    }

    /// <summary>The order within a host: (occurred, serial).</summary>
    public int CompareTo(Moment other)
    {
        int order = Occurred.CompareTo(other.Occurred);
        if (order == 0) order = Serial.CompareTo(other.Serial);
        return order == 0 ? string.CompareOrdinal(Host, other.Host) : order;
    }
}
