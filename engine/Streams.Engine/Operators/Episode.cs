using Streams.Engine.Keys;
using Streams.Events;

namespace Streams.Engine;

/// <summary>
/// What an operator says: something starts, goes on (said when its count has doubled) and ends; or, where start and end are one, happens.
/// </summary>
public abstract class Episode
{
    private readonly long? _at;

    /// <summary>Whether it starts, goes on or ends.</summary>
    public AlertStatus Status { get; internal init; }

    /// <summary>The host it is about; null in a fleet query where it concerns several.</summary>
    public string? Host { get; internal init; }

    /// <summary>The event that started it.</summary>
    public EventId Trigger { get; internal init; }

    /// <summary>When this became true: an occurred or watermark time; for silence the shard clock's.</summary>
    public DateTimeOffset Timestamp { get; internal init; }

    /// <summary>When it started, likewise.</summary>
    public DateTimeOffset Started { get; internal init; }

    /// <summary>When it ended; null while it goes on.</summary>
    public DateTimeOffset? Ended { get; internal init; }

    /// <summary>When <see cref="Timestamp"/> counts as having been, where an event claims a time that is not believed.</summary>
    internal long At
    {
        get => _at ?? Timestamp.UtcTicks;
        init => _at = value;
    }

    /// <summary>How many events it stands for so far.</summary>
    public long Count { get; internal init; } = 1;

    /// <summary>The first and the last eight of those events, in the order in which they occurred.</summary>
    public IReadOnlyList<Event> Evidence { get; internal init; } = [];

    /// <summary>The key for people.</summary>
    internal abstract string KeyText { get; }

    internal abstract void WriteKey(ref KeyWriter output);
}

/// <summary>What an operator says of one key.</summary>
/// <typeparam name="TKey">The type of its keys.</typeparam>
public abstract class Episode<TKey> : Episode
{
    /// <summary>What it is about.</summary>
    public required TKey Key { get; init; }

    internal override string KeyText => KeyCodec<TKey>.Instance.Text(Key);

    internal override void WriteKey(ref KeyWriter output) => KeyCodec<TKey>.Instance.Write(ref output, Key);
}
