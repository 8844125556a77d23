using Streams.Engine;
using Streams.Host.Live;

namespace Streams.Host.Tests.Telemetry;

/// <summary>Figures of a live run that has lost nothing.</summary>
internal static class Figures
{
    public static LiveFigures Well { get; } = new()
    {
        Elapsed = TimeSpan.FromSeconds(90),
        Started = DateTimeOffset.UnixEpoch,
        Collectors =
        [
            ("audit", [new("records", 40), new("events", 10), new("lost.kernel", 0), new("lost.queue", 0), new("waited_ms", 2500)]),
        ],
        Engine = new EngineStatistics(10, 1, 0, 0, new Dictionary<string, QueryStatistics> { ["auth-failure"] = Counted() }),
        Outputs = [("stdout", [new("written", 3), new("dropped", 0), new("failed", 0), new("queued", 0)])],
    };

    public static LiveFigures WithCollector(params KeyValuePair<string, long>[] counters) =>
        Well with { Collectors = [("audit", counters)] };

    public static LiveFigures WithOutput(string name, params KeyValuePair<string, long>[] counters) =>
        Well with { Outputs = [(name, counters)] };

    public static LiveFigures WithQuery(QueryStatistics counted) =>
        Well with { Engine = Well.Engine with { Queries = new Dictionary<string, QueryStatistics> { ["auth-failure"] = counted } } };

    public static QueryStatistics Counted(long quarantined = 0) => new(2, 1, 0, quarantined, 0, 5, 0);
}
