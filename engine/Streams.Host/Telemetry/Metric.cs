using System.Diagnostics.Metrics;
using Streams.Host.Live;

namespace Streams.Host.Telemetry;

/// <summary>What is measured in.</summary>
internal enum MetricUnit : byte
{
    /// <summary>A number of what the name says.</summary>
    None,

    /// <summary>Seconds.</summary>
    Seconds,

    /// <summary>Bytes.</summary>
    Bytes,
}

/// <summary>A figure of a live run as monitoring systems take it.</summary>
/// <param name="Name">Its name in OpenTelemetry: words parted by dots, without the unit.</param>
/// <param name="IsCounter">Whether it only rises while the process lives.</param>
/// <param name="Unit">What it is measured in.</param>
/// <param name="Description">What it says, in a sentence.</param>
/// <param name="Labels">The names of what tells its values apart, in the order of their tags.</param>
/// <param name="Read">Its values.</param>
internal sealed record Metric(
    string Name,
    bool IsCounter,
    MetricUnit Unit,
    string Description,
    string[] Labels,
    Func<LiveFigures, IEnumerable<Measurement<double>>> Read)
{
    /// <summary>
    /// Its name as Prometheus wants it: the unit at the end, and <c>_total</c> behind that of a counter
    /// (https://prometheus.io/docs/practices/naming/).
    /// </summary>
    public string PrometheusName
    {
        get
        {
            string unit = Unit switch { MetricUnit.Seconds => "_seconds", MetricUnit.Bytes => "_bytes", _ => "" };
            return $"{Name.Replace('.', '_')}{unit}{(IsCounter ? "_total" : "")}";
        }
    }

    /// <summary>Its unit as UCUM writes it, which OpenTelemetry wants; null for none.</summary>
    public string? Ucum => Unit switch { MetricUnit.Seconds => "s", MetricUnit.Bytes => "By", _ => null };
}
