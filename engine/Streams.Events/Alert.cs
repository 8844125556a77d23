namespace Streams.Events;

/// <summary>What happened to an alert.</summary>
public enum AlertStatus : byte
{
    /// <summary>It began; a point alert is over at once.</summary>
    Start,

    /// <summary>It goes on and its count has doubled.</summary>
    Update,

    /// <summary>It is over.</summary>
    End,
}

/// <summary>
/// One transition of an alert: it starts, may update, and ends. (id, revision) is what makes a transition the same wherever it is
/// computed: live, in replay, after a restart.
/// </summary>
public sealed record Alert
{
    /// <summary>A hash of query, key and trigger; the same in every run over the same input. 32 lower-case hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>1 for the start, then one more each transition.</summary>
    public required int Revision { get; init; }

    /// <summary>Which transition this is.</summary>
    public required AlertStatus Status { get; init; }

    /// <summary>The query's name, <c>rule.name</c> in the document.</summary>
    public required string Query { get; init; }

    /// <summary>What the query looks for, in a sentence.</summary>
    public required string Description { get; init; }

    /// <summary>How bad it is.</summary>
    public required Severity Severity { get; init; }

    /// <summary>ATT&amp;CK technique ids, for instance <c>T1059.004</c>.</summary>
    public IReadOnlyList<string> Techniques { get; init; } = [];

    /// <summary>What the episode is about, as text: the operator's key without the host.</summary>
    public required string Key { get; init; }

    /// <summary>The host it is about, or null where a fleet query concerns no single one.</summary>
    public string? Host { get; init; }

    /// <summary>What a person reads.</summary>
    public required string Message { get; init; }

    /// <summary>When this transition is true from: an occurred or watermark time, for silence the clock's.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When it ended; for a point alert the same as <see cref="Started"/>; null while it is open.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>How many events it stands for so far.</summary>
    public long Count { get; init; } = 1;

    /// <summary>The event that started it; with query and key it makes the id.</summary>
    public required EventId Trigger { get; init; }

    /// <summary>The first and the last eight events that caused it, in their order.</summary>
    public IReadOnlyList<Event> Evidence { get; init; } = [];
}
