using System.Diagnostics.Metrics;
using Streams.Host.Live;

namespace Streams.Host.Telemetry;

/// <summary>The metrics of a live run as instruments of System.Diagnostics.Metrics. They are read when somebody collects.</summary>
internal sealed class Instruments : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Streams";

    private readonly Meter _meter = new(MeterName);

    /// <summary>Makes the instruments.</summary>
    /// <param name="figures">The newest figures; null while there are none.</param>
    public Instruments(Func<LiveFigures?> figures)
    {
        foreach (Metric metric in MetricTable.All)
        {
            IEnumerable<Measurement<double>> Read() => figures() is { } now ? metric.Read(now) : [];
            if (metric.IsCounter) _meter.CreateObservableCounter(metric.Name, Read, metric.Ucum, metric.Description);
            else _meter.CreateObservableGauge(metric.Name, Read, metric.Ucum, metric.Description);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
