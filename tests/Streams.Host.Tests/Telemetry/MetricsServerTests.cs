using System.Net;
using System.Net.Sockets;
using Streams.Host.Live;
using Streams.Host.Telemetry;
using Xunit;

namespace Streams.Host.Tests.Telemetry;

public sealed class MetricsServerTests : IDisposable
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    private readonly HttpClient _client = new();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Metrics_have_their_names_units_and_labels()
    {
        string page = await Metrics(Figures.Well);
        Assert.Contains(
            "# TYPE streams_collector_records_total counter\nstreams_collector_records_total{collector=\"audit\"} 40\n",
            page,
            StringComparison.Ordinal);
        Assert.Contains("\nstreams_collector_records_lost_total{collector=\"audit\",cause=\"kernel\"} 0\n", page, StringComparison.Ordinal);
        Assert.Contains("\nstreams_collector_waited_seconds_total{collector=\"audit\"} 2.5\n", page, StringComparison.Ordinal);
        Assert.Contains("\nstreams_engine_events_total 10\n", page, StringComparison.Ordinal);
        Assert.Contains(
            "# TYPE streams_query_alerts_open gauge\nstreams_query_alerts_open{query=\"auth-failure\"} 1\n",
            page,
            StringComparison.Ordinal);
        Assert.Contains("\nstreams_output_alerts_written_total{output=\"stdout\"} 3\n", page, StringComparison.Ordinal);
        Assert.Contains("\nprocess_cpu_seconds_total ", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_counter_that_the_table_does_not_know_is_there_all_the_same() =>
        Assert.Contains(
            "\nstreams_collector_other{collector=\"audit\",counter=\"new.one\"} 5\n",
            await Metrics(Figures.WithCollector(new KeyValuePair<string, long>("new.one", 5))),
            StringComparison.Ordinal);

    [Fact]
    public async Task Metrics_are_those_of_the_moment()
    {
        LiveFigures now = Figures.WithCollector(new KeyValuePair<string, long>("records", 1));
        using var server = MetricsServer.Start(AnyPort, () => now, () => throw new InvalidOperationException());
        Assert.Contains("\nstreams_collector_records_total{collector=\"audit\"} 1\n", await Page(server), StringComparison.Ordinal);
        now = Figures.WithCollector(new KeyValuePair<string, long>("records", 2));
        Assert.Contains("\nstreams_collector_records_total{collector=\"audit\"} 2\n", await Page(server), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, HttpStatusCode.OK, "ok\nAll of it.\n")]
    [InlineData(false, HttpStatusCode.ServiceUnavailable, "Records were lost.\n")]
    public async Task Health_is_a_status_with_its_reasons(bool isWell, HttpStatusCode status, string text)
    {
        var health = new Health(isWell ? [] : ["Records were lost."], [], ["All of it."]);
        using var server = MetricsServer.Start(AnyPort, () => null, () => health);
        using HttpResponseMessage response = await Get(server, "/healthz");
        Assert.Equal(status, response.StatusCode);
        Assert.Equal(text, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("GET", "/", null, HttpStatusCode.NotFound)]
    [InlineData("POST", "/metrics", null, HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/healthz", "localhost", HttpStatusCode.OK)]
    [InlineData("GET", "/healthz", "rebound.example", HttpStatusCode.NotFound)]
    public async Task Only_what_there_is_and_only_by_its_own_name(string method, string path, string? host, HttpStatusCode expected)
    {
        using var server = MetricsServer.Start(AnyPort, () => null, () => new Health([], [], []));
        using var request = new HttpRequestMessage(new HttpMethod(method), $"http://{server.Address}{path}");
        if (host is not null) request.Headers.Host = $"{host}:{server.Address.Port}";
        using HttpResponseMessage response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public void A_port_that_is_taken_says_where_why_and_what_to_do()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var taken = (IPEndPoint)other.LocalEndpoint;
        IOException error = Assert.Throws<IOException>(() => MetricsServer.Start(taken, () => null, () => new Health([], [], [])));
        Assert.Equal(
            $"http://{taken}: Address already in use; stop what listens there, or name another address with "
            + "\"metrics\": { \"listen\": \"127.0.0.1:9470\" }",
            error.Message);
    }

    [Fact]
    public void Only_loopback_is_listened_on() =>
        Assert.Throws<ArgumentException>(
            () => MetricsServer.Start(new IPEndPoint(IPAddress.Any, 0), () => null, () => new Health([], [], [])));

    private async Task<string> Metrics(LiveFigures figures)
    {
        using var server = MetricsServer.Start(AnyPort, () => figures, () => throw new InvalidOperationException());
        return await Page(server);
    }

    private async Task<string> Page(MetricsServer server)
    {
        using HttpResponseMessage response = await Get(server, "/metrics");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private Task<HttpResponseMessage> Get(MetricsServer server, string path) =>
        _client.GetAsync(new Uri($"http://{server.Address}{path}"), TestContext.Current.CancellationToken);
}
