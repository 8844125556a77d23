namespace Streams.Events.Input;

/// <summary>One entry of the one admitted order of a process: everything that can change a result is one of these.</summary>
public abstract record InputRecord;

/// <summary>Events that were admitted together.</summary>
/// <param name="Events">In the order in which they were admitted.</param>
/// <param name="Admitted">
/// When they were admitted, by the shard clock. Null in the replay of a plain log: each event is then admitted at the time it
/// occurred, or at the clock's where that is later, so that how a log is cut into batches changes nothing.
/// </param>
public sealed record Batch(ReadOnlyMemory<Event> Events, DateTimeOffset? Admitted = null) : InputRecord
{
    /// <summary>
    /// Whether the process that admitted them made them itself. Its own <see cref="Outage"/> concerns all that it hears; that of another
    /// process concerns the host that it names.
    /// </summary>
    public bool IsOwn { get; init; }

    /// <summary>
    /// How far ahead of its admission the time counts that an event claims: for watermarks, windows, learning and forgetting it occurred no
    /// later than that. The event keeps its own time.
    /// </summary>
    public static TimeSpan MaxAhead { get; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The latest time that its events count as having occurred, where more is known than <see cref="Admitted"/> says: of a plain log,
    /// which has no admission times, a minute after the file's last change, or an earlier time where an event's own is not believed. Null
    /// where nothing is known.
    /// </summary>
    public DateTimeOffset? Latest { get; init; }
}

/// <summary>The clock moved on and nothing came.</summary>
/// <param name="Time">The shard clock's time; one before the last is ignored.</param>
public sealed record Tick(DateTimeOffset Time) : InputRecord;

/// <summary>What runs was changed by somebody: since it changes what is found, it stands in the same order as the events.</summary>
/// <param name="Query">The query; one that does not run here is passed over.</param>
/// <param name="Action">What is done with it.</param>
public sealed record Control(string Query, ControlAction Action) : InputRecord;

/// <summary>What is done with a query.</summary>
public enum ControlAction : byte
{
    /// <summary>It gets no events and says nothing until it is released; its state is kept.</summary>
    Quarantine,

    /// <summary>It goes on, for all hosts, whoever put it in quarantine; its faults are forgotten.</summary>
    Release,
}
