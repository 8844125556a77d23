using System.Diagnostics.Metrics;
using Prometheus;
using Streams.Host.Live;

namespace Streams.Host.Telemetry;

/// <summary>The metrics of a live run, and those of its process, in the text format of Prometheus.</summary>
internal sealed class PrometheusPage
{
    /// <summary>The type of its content.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly List<Action<LiveFigures>> _updates = [];

    /// <summary>Makes it.</summary>
    /// <param name="figures">The newest figures; null while there are none.</param>
    public PrometheusPage(Func<LiveFigures?> figures)
    {
        DotNetStats.Register(_registry);
        MetricFactory factory = Metrics.WithCustomRegistry(_registry);
        foreach (Metric metric in MetricTable.All) _updates.Add(Update(metric, factory));
        _registry.AddBeforeCollectCallback(() =>
        {
            if (figures() is not { } now) return;
            foreach (Action<LiveFigures> update in _updates) update(now);
        });
    }

    /// <summary>Writes the page.</summary>
    public Task Write(Stream output) => _registry.CollectAndExportAsTextAsync(output);

    private static Action<LiveFigures> Update(Metric metric, MetricFactory factory)
    {
        if (metric.IsCounter)
        {
            Counter counter = factory.CreateCounter(metric.PrometheusName, metric.Description, metric.Labels);
            return figures => ForEach(metric, figures, (labels, value) => counter.WithLabels(labels).IncTo(value));
        }

        Gauge gauge = factory.CreateGauge(metric.PrometheusName, metric.Description, metric.Labels);
        return figures => ForEach(metric, figures, (labels, value) => gauge.WithLabels(labels).Set(value));
    }

    private static void ForEach(Metric metric, LiveFigures figures, Action<string[], double> set)
    {
        foreach (Measurement<double> measured in metric.Read(figures))
        {
            string[] labels = new string[measured.Tags.Length];
            for (int i = 0; i < labels.Length; i++) labels[i] = (string)measured.Tags[i].Value!;
            set(labels, measured.Value);
        }
    }
}
