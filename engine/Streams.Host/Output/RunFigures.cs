namespace Streams.Host.Output;

/// <summary>What a run read, found and could not read.</summary>
internal sealed record RunFigures
{
    /// <summary>Records read.</summary>
    public long Records { get; init; }

    /// <summary>Events they made.</summary>
    public long Events { get; init; }

    /// <summary>Lines that held no good record, by kind.</summary>
    public IReadOnlyList<BadLines> BadLines { get; init; } = [];

    /// <summary>Events that lack records.</summary>
    public long Torn { get; init; }

    /// <summary>Events of records that came after their event had left.</summary>
    public long Late { get; init; }

    /// <summary>Copies of events that another input has as well.</summary>
    public long Repeated { get; init; }

    /// <summary>Events whose stamps are not believed; null for none.</summary>
    public Streams.Audit.AheadEvents? Ahead { get; init; }

    /// <summary>Events at which Streams failed and which it kept, by cause: <c>faulty.decode</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Faulty { get; init; } = [];

    /// <summary>Files that were left out, and why.</summary>
    public IReadOnlyList<string> Skipped { get; init; } = [];

    /// <summary>Alerts that started, by query, in the queries' order; zero for one that found nothing.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Alerts { get; init; } = [];

    /// <summary>Alerts that had not ended when the input did.</summary>
    public long Open { get; init; }

    /// <summary>How long the run took.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Whether somebody stopped it.</summary>
    public bool Interrupted { get; init; }
}

/// <summary>How many lines were bad in one way.</summary>
/// <param name="Kind">The way, in kebab case.</param>
/// <param name="Count">How many.</param>
/// <param name="Remedy">What can be done, or null.</param>
internal sealed record BadLines(string Kind, long Count, string? Remedy);
