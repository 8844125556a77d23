using Streams.Engine.Shards;
using Streams.Events;

namespace Streams.Engine;

/// <summary>
/// When and where an element of a query happened: by itself where it is an event or an episode, else by the event being delivered.
/// </summary>
/// <param name="Host">The host.</param>
/// <param name="Occurred">When it counts as having occurred: what windows, learning and forgetting go by.</param>
/// <param name="Claimed">When it says that it occurred: what it is known by.</param>
/// <param name="Serial">The event's serial.</param>
internal readonly record struct Moment(string Host, long Occurred, long Claimed, ulong Serial) : IComparable<Moment>
{
    public EventId Id => new(Host, new DateTimeOffset(Claimed, TimeSpan.Zero), Serial);

    /// <summary>A time that no event has, of the watermark.</summary>
    public static Moment At(long time) => new("", time, time, 0);

    public static Moment Of<T>(T element, Shard shard)
    {
        if (element is Event e) return Of(e, shard);
        if (element is Episode episode)
            return new Moment(episode.Trigger.Host, episode.At, episode.Timestamp.UtcTicks, episode.Trigger.Serial);
        if (shard.Event is { } delivered) return Of(delivered, shard);
        return new Moment(shard.Host?.Name ?? "", shard.Clock.Ticks, shard.Clock.Ticks, 0);
    }

    /// <summary>The order within a host: (occurred, serial); among those that count as of one time, what they claim.</summary>
    public int CompareTo(Moment other)
    {
        int order = Occurred.CompareTo(other.Occurred);
        if (order == 0) order = Claimed.CompareTo(other.Claimed);
        if (order == 0) order = Serial.CompareTo(other.Serial);
        return order == 0 ? string.CompareOrdinal(Host, other.Host) : order;
    }

    private static Moment Of(Event e, Shard shard) => new(e.Host, shard.TimeOf(e), e.OccurredTicks, e.Serial);
}
