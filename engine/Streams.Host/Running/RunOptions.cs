using Streams.Engine;
using Streams.Events;
using Streams.Scripting;

namespace Streams.Host.Running;

/// <summary>How queries run, over logs or live.</summary>
internal record RunOptions
{
    /// <summary>The folder that the queries were loaded from.</summary>
    public string QueriesFolder { get; init; } = "";

    /// <summary>Whether alerts are printed as JSON.</summary>
    public bool Json { get; init; }

    /// <summary>See <see cref="EngineOptions.Learn"/>.</summary>
    public TimeSpan? Learn { get; init; }

    /// <summary>See <see cref="EngineOptions.Shards"/>.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>See <see cref="EngineOptions.Lateness"/>.</summary>
    public TimeSpan Lateness { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The options of the engine that they ask for.</summary>
    /// <param name="notices">Takes what goes wrong in queries.</param>
    /// <param name="faults">Counts the events at which something else goes wrong.</param>
    public EngineOptions Engine(QueryNotices notices, FaultLog faults) =>
        new()
        {
            Shards = Shards,
            Lateness = Lateness,
            Learn = Learn,
            ThreadNumber = () => ProcessorTime.CurrentThread,
            Notices = notices.Tell,
            Faults = faults,
        };
}
