using System.Text.RegularExpressions;
using Streams.Host.Telemetry;
using Xunit;

namespace Streams.Host.Tests.Telemetry;

public partial class MetricTableTests
{
    [Fact]
    public void Names_are_those_of_Prometheus_and_each_is_there_once()
    {
        Assert.All(MetricTable.All, metric => Assert.Matches(Name(), metric.PrometheusName));
        Assert.All(
            MetricTable.All,
            metric => Assert.Equal(metric.IsCounter, metric.PrometheusName.EndsWith("_total", StringComparison.Ordinal)));
        Assert.Equal(MetricTable.All.Count, MetricTable.All.Select(metric => metric.PrometheusName).Distinct().Count());
        Assert.Equal(MetricTable.All.Count, MetricTable.All.Select(metric => metric.Name).Distinct().Count());
    }

    [Fact]
    public void Every_value_has_the_labels_of_its_metric() => Assert.All(
        MetricTable.All,
        metric => Assert.All(
            metric.Read(Figures.Well), measured => Assert.Equal(metric.Labels, measured.Tags.ToArray().Select(tag => tag.Key))));

    [Fact]
    public void The_documentation_has_each_of_them()
    {
        string page = File.ReadAllText(Path.Combine(Built.Root, "docs", "monitoring.md"));
        Assert.All(MetricTable.All, metric => Assert.Contains($"`{metric.PrometheusName}`", page, StringComparison.Ordinal));
    }

    // "streams" once, in front.
    [GeneratedRegex("^streams_(?!.*streams)[a-z_]+$")]
    private static partial Regex Name();
}
