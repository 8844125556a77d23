using System.Text;
using Streams.Host.Telemetry;
using Xunit;

namespace Streams.Host.Tests.Telemetry;

public class OpenTelemetryExportTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task The_last_figures_are_sent_at_the_end()
    {
        using var collector = OpenTelemetryCollector.Start();
        OpenTelemetryExport.Start(collector.Address, "web-1", () => Figures.Well).Dispose();
        (string path, string? type, byte[] body) = await collector.Received
            .ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal("/v1/metrics", path);
        Assert.Equal("application/x-protobuf", type);
        string text = Encoding.UTF8.GetString(body);
        string[] expected =
        [
            "service.name", "host.name", "web-1", "streams.engine.events", "streams.collector.records.lost", "kernel",
            "streams.query.alerts", "auth-failure",
        ];
        Assert.All(expected, word => Assert.Contains(word, text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://127.0.0.1:4317", "http://127.0.0.1:4317/")]
    [InlineData("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/metrics")]
    [InlineData("https://otlp.example/prefix/v1/metrics", "https://otlp.example/prefix/v1/metrics")]
    public void Over_HTTP_an_address_alone_gets_the_path_of_metrics(string given, string expected) =>
        Assert.Equal(new Uri(expected), OpenTelemetryExport.Endpoint(new Uri(given)));
}
