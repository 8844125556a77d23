using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Streams.Host.Tests.Telemetry;
using Xunit;

namespace Streams.Host.Tests.Program;

/// <summary>A live run without the kernel: of a log that grows.</summary>
public sealed partial class RunTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-run-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Metrics_and_health_are_to_be_had_where_it_says()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        CancellationToken cancellation = patience.Token;
        using var run = RunningStreams.Start(_folder, """, "metrics": { "listen": "127.0.0.1:0" }""");
        Match said = Address().Match(await run.Says("metrics are at"));
        await run.Says("watching web-1 by audit");
        using var client = new HttpClient();
        HttpStatusCode status;
        string health;
        do
        {
            using HttpResponseMessage response = await client.GetAsync(new Uri(said.Groups["health"].Value), cancellation);
            (status, health) = (response.StatusCode, await response.Content.ReadAsStringAsync(cancellation));
        }
        while (status == HttpStatusCode.ServiceUnavailable);

        Assert.StartsWith("ok\nWatching by audit.\n", health, StringComparison.Ordinal);
        string metrics = await client.GetStringAsync(new Uri(said.Groups["metrics"].Value), cancellation);
        Assert.Contains("\nstreams_engine_hosts 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\nstreams_collector_records_total{collector=\"audit\"} 0\n", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("streams_collector_other{", metrics, StringComparison.Ordinal);
        Assert.Equal(130, await run.Stop());
    }

    [Fact]
    public async Task Metrics_are_pushed_to_a_collector_of_OpenTelemetry()
    {
        using var collector = OpenTelemetryCollector.Start();
        using var run = RunningStreams.Start(_folder, $$""", "metrics": { "enabled": false, "opentelemetry": "{{collector.Address}}" }""");
        await run.Says("watching web-1 by audit");
        Assert.Equal(130, await run.Stop());
        byte[] body = (await collector.Received.ReadAsync(TestContext.Current.CancellationToken)).Body;
        Assert.Contains("streams.engine.events", Encoding.UTF8.GetString(body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_that_stands_still_holds_up_no_other_place_and_what_it_lacks_is_said()
    {
        const int alerts = 300;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var run = RunningStreams.Start(
            _folder, """, "metrics": { "listen": "127.0.0.1:0" }, "alerts": { "file": { "path": "alerts.json" } }""", "--json");
        var metrics = new Uri(Address().Match(await run.Says("metrics are at")).Groups["metrics"].Value);
        await run.Says("watching web-1 by audit");
        IEnumerable<string> failures = Enumerable.Range(1, alerts).Select(serial =>
            $"type=USER_AUTH msg=audit({DateTimeOffset.UtcNow.ToUnixTimeSeconds()}.000:{serial}): pid=4242 uid=0 auid=4294967295 ses=4294967295 "
            + $"msg='op=PAM:authentication grantors=? acct=\"u{serial}\" exe=\"/usr/bin/su\" hostname=? addr=? terminal=pts/0 res=failed'\n");
        await File.AppendAllTextAsync(Path.Combine(_folder.FullName, "audit.log"), string.Concat(failures), patience.Token);
        using var client = new HttpClient();
        string page;
        do page = await client.GetStringAsync(metrics, patience.Token);
        while (!page.Contains($"\nstreams_output_alerts_written_total{{output=\"file\"}} {alerts}\n", StringComparison.Ordinal));

        // A pipe holds 64 kB.
        Assert.Matches("\nstreams_output_alerts_queued\\{output=\"stdout\"\\} [1-9]", page);
        Assert.Equal(alerts, File.ReadLines(Path.Combine(_folder.FullName, "alerts.json")).Count());
        Assert.Equal(130, await run.Stop());
        await run.Says("error: alerts were not delivered: stdout ");
    }

    [GeneratedRegex("metrics are at (?<metrics>http://127\\.0\\.0\\.1:[1-9][0-9]*/metrics), health at (?<health>http://127\\.0\\.0\\.1:[1-9][0-9]*/healthz)$")]
    private static partial Regex Address();
}
