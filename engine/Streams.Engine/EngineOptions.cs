using Streams.Events;

namespace Streams.Engine;

/// <summary>How an engine runs.</summary>
public sealed record EngineOptions
{
    /// <summary>How many shards the hosts are spread over, each with a thread of its own when there are several. From 1 to 1,024.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>How much later than the newest event of its host and collector an event may arrive and still count in its place.</summary>
    public TimeSpan Lateness { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long to learn, whatever the queries say; null leaves it to them.</summary>
    public TimeSpan? Learn { get; init; }

    /// <summary>How many hosts have a state of their own; those that come when there are so many share one.</summary>
    public int MaxHosts { get; init; } = 100_000;

    /// <summary>
    /// The number of the calling thread, for <see cref="QueryEngine.Activity"/>; null when nobody watches. Called before each entry of the
    /// input, so it must be cheap.
    /// </summary>
    public Func<int>? ThreadNumber { get; init; }

    /// <summary>
    /// Counts the events at which something fails that is not a query: decoding, or delivery itself. The event is delivered as far as
    /// that works.
    /// </summary>
    public FaultLog Faults { get; init; } = new(EventFault.Decode, EventFault.Document, EventFault.Deliver);

    /// <summary>Called, on the thread that gives out alerts, when a query has failed or was put in quarantine.</summary>
    public Action<QueryNotice>? Notices { get; init; }
}

/// <summary>Something went wrong in a query.</summary>
/// <param name="Query">The query.</param>
/// <param name="Host">The host at whose events it failed; null when it concerns the whole query.</param>
/// <param name="Kind">What became of it.</param>
/// <param name="Event">The event it failed at; null when there was none.</param>
/// <param name="Exception">What was thrown.</param>
public sealed record QueryNotice(string Query, string? Host, QueryNoticeKind Kind, EventId? Event, Exception Exception);

/// <summary>What became of a query that failed.</summary>
public enum QueryNoticeKind
{
    /// <summary>It is started again with the state of its operators.</summary>
    Fault,

    /// <summary>It failed too often and gets no more events: of that host, or at all.</summary>
    Quarantined,
}
