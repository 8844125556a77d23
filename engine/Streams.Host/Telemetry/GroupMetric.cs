namespace Streams.Host.Telemetry;

/// <summary>A counter of collectors or outputs as a metric.</summary>
/// <param name="Counter">The counter's name; one that ends in a dot stands for all that begin so.</param>
/// <param name="Name">The metric's, behind that of the group.</param>
/// <param name="Description">What it says.</param>
internal sealed record GroupMetric(string Counter, string Name, string Description)
{
    /// <summary>Whether it only rises while the process lives.</summary>
    public bool IsCounter { get; init; } = true;

    /// <summary>What it is measured in.</summary>
    public MetricUnit Unit { get; init; }

    /// <summary>What the counter's values are multiplied by to have that unit.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>The name of the label whose value is the rest of the counter's name; null for none.</summary>
    public string? Label { get; init; }

    /// <summary>Whether it is this counter.</summary>
    public bool Is(string counter) => Label is null ? counter == Counter : counter.StartsWith(Counter, StringComparison.Ordinal);
}
