using System.Diagnostics.Metrics;
using Streams.Engine;

namespace Streams.Host.Live;

/// <summary>
/// The figures of a live run as instruments of System.Diagnostics.Metrics, from which both the page for Prometheus and the exporter of
/// OpenTelemetry take them. They are read when somebody collects.
/// </summary>
internal sealed class Instruments : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Streams";

    private readonly Meter _meter = new(MeterName);

    /// <summary>Makes the instruments.</summary>
    /// <param name="figures">The newest figures; null while there are none.</param>
    public Instruments(Func<LiveFigures?> figures)
    {
        _meter.CreateObservableCounter(
            "streams.collector", () => Groups(figures()?.Collectors, "collector"), description: "What a collector has counted: records, events, torn, lost.kernel …");
        _meter.CreateObservableCounter(
            "streams.output", () => Groups(figures()?.Outputs, "output"), description: "What an output of alerts has counted: written, dropped, failed.");
        _meter.CreateObservableCounter("streams.engine.events", () => figures()?.Engine.Events ?? 0, description: "Events that all queries have seen.");
        _meter.CreateObservableCounter("streams.engine.late", () => figures()?.Engine.Late ?? 0, description: "Events that came after their host's watermark.");
        _meter.CreateObservableGauge("streams.engine.hosts", () => figures()?.Engine.Hosts ?? 0, description: "Hosts that have sent something.");
        _meter.CreateObservableCounter("streams.query.alerts", () => Queries(figures(), q => q.Alerts), description: "Alerts that a query has started.");
        _meter.CreateObservableGauge("streams.query.open", () => Queries(figures(), q => q.OpenAlerts), description: "Alerts that have not ended.");
        _meter.CreateObservableCounter("streams.query.faults", () => Queries(figures(), q => q.Faults), description: "How often a query has failed.");
        _meter.CreateObservableGauge("streams.query.quarantined", () => Queries(figures(), q => q.Quarantined), description: "For how many hosts a query gets no events.");
        _meter.CreateObservableGauge("streams.query.held", () => Queries(figures(), q => q.Held), description: "Keys and terms that a query's operators hold.");
        _meter.CreateObservableCounter("streams.query.caps_hit", () => Queries(figures(), q => q.CapsHit), description: "How often an operator had no room.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<long>> Groups(
        IReadOnlyList<(string Name, IReadOnlyList<KeyValuePair<string, long>> Counters)>? groups, string tag)
    {
        foreach ((string name, IReadOnlyList<KeyValuePair<string, long>> counters) in groups ?? [])
        {
            foreach ((string counter, long value) in counters)
                yield return new Measurement<long>(value, new KeyValuePair<string, object?>(tag, name), new KeyValuePair<string, object?>("counter", counter));
        }
    }

    private static IEnumerable<Measurement<long>> Queries(LiveFigures? figures, Func<QueryStatistics, long> value) =>
        figures?.Engine.Queries.Select(q => new Measurement<long>(value(q.Value), new KeyValuePair<string, object?>("query", q.Key))) ?? [];
}
