using Streams.Events;

namespace Streams.Host.Examples;

/// <summary>One example of a query: what comes in, and the alerts that are to come out.</summary>
internal sealed record Example
{
    /// <summary>The file it stands in.</summary>
    public required string File { get; init; }

    /// <summary>Where it begins in the file, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>What it shows, in words.</summary>
    public required string Name { get; init; }

    /// <summary>The query.</summary>
    public required string Query { get; init; }

    /// <summary>The host of records that name none.</summary>
    public required string Host { get; init; }

    /// <summary>What offsets count from.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>The learning period instead of the query's own; null leaves that.</summary>
    public TimeSpan? Learn { get; init; }

    /// <summary>What comes in, in its order.</summary>
    public required IReadOnlyList<ExampleInput> Input { get; init; }

    /// <summary>What is to come out, in its order.</summary>
    public required IReadOnlyList<ExpectedAlert> Alerts { get; init; }
}

/// <summary>Something that comes in.</summary>
/// <param name="Line">Where it stands in the file.</param>
/// <param name="At">When it occurs.</param>
internal abstract record ExampleInput(int Line, DateTimeOffset At);

/// <summary>Lines of an audit log.</summary>
/// <param name="Line">Where they stand.</param>
/// <param name="At">When they occur.</param>
/// <param name="Text">The lines, with their stamps.</param>
/// <param name="Arrives">When the engine gets them; null at the time at which they occurred.</param>
internal sealed record LinesInput(int Line, DateTimeOffset At, IReadOnlyList<string> Text, DateTimeOffset? Arrives)
    : ExampleInput(Line, At);

/// <summary>An event that is written as one: a document, a gap.</summary>
/// <param name="Line">Where it stands.</param>
/// <param name="At">When it occurs.</param>
/// <param name="Event">The event.</param>
/// <param name="Arrives">When the engine gets it; null at the time at which it occurred.</param>
internal sealed record EventInput(int Line, DateTimeOffset At, Event Event, DateTimeOffset? Arrives) : ExampleInput(Line, At);

/// <summary>A host says that its collectors have told all up to now.</summary>
/// <param name="Line">Where it stands.</param>
/// <param name="At">Up to when.</param>
/// <param name="Host">The host.</param>
internal sealed record HeartbeatInput(int Line, DateTimeOffset At, string Host) : ExampleInput(Line, At);

/// <summary>Time goes on and nothing comes.</summary>
/// <param name="Line">Where it stands.</param>
/// <param name="At">Until when.</param>
internal sealed record AdvanceInput(int Line, DateTimeOffset At) : ExampleInput(Line, At);

/// <summary>An alert's transition that is to come out. What is null may be anything.</summary>
internal sealed record ExpectedAlert
{
    /// <summary>Where it stands in the file, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>Which transition.</summary>
    public required AlertStatus Status { get; init; }

    /// <summary>Its time.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>The alert's key.</summary>
    public string? Key { get; init; }

    /// <summary>The alert's host.</summary>
    public string? Host { get; init; }

    /// <summary>How many events it stands for.</summary>
    public long? Count { get; init; }

    /// <summary>What its message contains.</summary>
    public string? Message { get; init; }

    /// <summary>How bad it is.</summary>
    public Severity? Severity { get; init; }

    /// <summary>Its ATT&amp;CK techniques, all of them.</summary>
    public IReadOnlyList<string>? Techniques { get; init; }
}
