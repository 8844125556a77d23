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
            $"type=USER_AUTH msg=audit({DateTimeOffset.UtcNow.ToUnixTimeSeconds()}.000:{serial}): pid=4242 uid=0 auid=4294967295 "
            + $"ses=4294967295 msg='op=PAM:authentication grantors=? acct=\"u{serial}\" exe=\"/usr/bin/su\" "
            + $"hostname=? addr=? terminal=pts/0 res=failed'\n");
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

    [Theory]
    [InlineData("--follow", "FOLDER",
        "streams run: --follow: FOLDER is a folder; name the log in it, such as FOLDER/audit.log")]
    [InlineData("--stats", "FOLDER",
        "streams run: --stats: FOLDER is a folder; name a file in it")]
    [InlineData("--stats", "FOLDER/none/s",
        "streams run: --stats: FOLDER/none/s cannot be written: there is no folder FOLDER/none; make it, or name another file")]
    [InlineData("--record", "FOLDER",
        "streams run: --record: FOLDER is a folder; name a file in it")]
    [InlineData("--record", "FOLDER/notes",
        "streams run: --record: FOLDER/notes cannot be written: it is there and is no recording, so it is not replaced; name another file")]
    [InlineData("--queries", "FOLDER",
        "streams: FOLDER: there are no queries (*.csx) in it; name their folder with --queries")]
    public void What_cannot_be_is_said_before_anything_is_watched(string option, string value, string expected)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "notes"), "mine");
        Result result = Built.Run(
            "run", "--config", RunningStreams.Configure(_folder),
            option, value.Replace("FOLDER", _folder.FullName, StringComparison.Ordinal));
        Assert.Equal(2, result.Code);
        Assert.Equal(expected.Replace("FOLDER", _folder.FullName, StringComparison.Ordinal) + "\n", result.Error);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(_folder.FullName, "notes")));
    }

    [Theory]
    [InlineData("a FIFO")]
    [InlineData("a device")]
    public void What_cannot_be_followed_is_reported_before_a_run_begins(string kind)
    {
        string log = Path.Combine(_folder.FullName, "audit.log");
        if (kind == "a device") File.CreateSymbolicLink(log, "/dev/null");
        else using (var made = System.Diagnostics.Process.Start("mkfifo", [log])) made.WaitForExit();
        Result result = Built.Run("run", "--config", RunningStreams.Configure(_folder), "--follow", log);
        Assert.Equal(2, result.Code);
        Assert.Equal(
            $"streams run: --follow: {log} is {kind}; a log to follow is a regular file (./streams replay - reads a pipe)\n", result.Error);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    public async Task A_signal_stops_it_in_good_order(string signal, int expected)
    {
        string record = Path.Combine(_folder.FullName, "today.streams");
        using var run = RunningStreams.Start(_folder, """, "metrics": { "enabled": false }""", "--record", record);
        await run.Says("watching web-1 by audit");
        Assert.Equal(expected, await run.Stop(signal));
        await run.Says("stopped after ");
        Assert.False(File.Exists(Path.Combine(_folder.FullName, "control.sock")));
        Result replayed = Built.Run("replay", record);
        Assert.Equal(0, replayed.Code);
        Assert.DoesNotContain("cut off", replayed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_in_the_place_of_the_socket_is_left_alone()
    {
        string file = Path.Combine(_folder.FullName, "control.sock");
        File.WriteAllText(file, "mine");
        using var run = RunningStreams.Start(_folder, """, "metrics": { "enabled": false }""");
        await run.Says($"{file}: a file is there that is no socket; name another socket with \"control\" in the configuration");
        await run.Says("watching web-1 by audit");
        Assert.Equal(130, await run.Stop());
        Assert.Equal("mine", File.ReadAllText(file));
    }

    [Fact]
    public void A_script_with_an_error_is_said_the_others_run_and_the_exit_code_tells()
    {
        string queries = _folder.CreateSubdirectory("queries").FullName;
        File.WriteAllText(
            Path.Combine(queries, "good.csx"),
            "Query(\"good\", Severity.Low, \"x\").From(audit => audit.All).Alert(e => e.Host);\n");
        File.WriteAllText(
            Path.Combine(queries, "wrong.csx"),
            "Query(\"wrong\", Severity.Low, \"x\").From(audit => audit.Al).Alert(e => e.Host);\n");
        string log = Path.Combine(_folder.FullName, "audit.log");
        File.WriteAllText(log, "");
        string config = RunningStreams.Configure(_folder, """, "metrics": { "enabled": false }""");
        Result run = Built.Run("run", "--config", config, "--queries", queries, "--follow", log, "--for", "0");
        Assert.Matches(@"/wrong\.csx:1:\d+: ", run.Error);
        Assert.Contains("streams: 1 query; others do not run: 1 mistake, see above\n", run.Error, StringComparison.Ordinal);
        Assert.Equal(2, run.Code);
    }

    [Fact]
    [Trait("Found", "P2")]
    public async Task A_query_that_does_not_compile_is_in_health_status_and_metrics()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        string queries = _folder.CreateSubdirectory("queries").FullName;
        await File.WriteAllTextAsync(
            Path.Combine(queries, "good.csx"),
            "Query(\"good\", Severity.Low, \"x\").From(audit => audit.All).Alert(e => e.Host);\n", patience.Token);
        await File.WriteAllTextAsync(
            Path.Combine(queries, "wrong.csx"),
            "Query(\"wrong\", Severity.Low, \"x\").From(audit => audit.Al).Alert(e => e.Host);\n", patience.Token);
        using var run = RunningStreams.Start(_folder, """, "metrics": { "listen": "127.0.0.1:0" }""", "--queries", queries);
        Match said = Address().Match(await run.Says("metrics are at"));
        await run.Says("watching web-1 by audit");
        using var client = new HttpClient();
        string health;
        do
        {
            using HttpResponseMessage response = await client.GetAsync(new Uri(said.Groups["health"].Value), patience.Token);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            health = await response.Content.ReadAsStringAsync(patience.Token);
        }
        while (health.StartsWith("Not watching yet", StringComparison.Ordinal) || health.StartsWith("The run", StringComparison.Ordinal));

        Assert.Matches(@"^A query does not run: .*wrong\.csx:1:\d+: ", health);
        string metrics = await client.GetStringAsync(new Uri(said.Groups["metrics"].Value), patience.Token);
        Assert.Contains("\nstreams_queries_not_compiled 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\nstreams_health_faults 1\n", metrics, StringComparison.Ordinal);
        Result status = Built.Run("status", "--config", Path.Combine(_folder.FullName, "streams.config.json"));
        Assert.Matches(@"\n  ! A query does not run: .*wrong\.csx:1:\d+: ", status.Output);
        Assert.Equal(130, await run.Stop());
    }

    [Fact]
    public async Task A_recording_replaces_the_one_before()
    {
        string record = Path.Combine(_folder.FullName, "today.streams");
        for (int i = 0; i < 2; i++)
        {
            using var run = RunningStreams.Start(_folder, """, "metrics": { "enabled": false }""", "--record", record);
            await run.Says("watching web-1 by audit");
            Assert.Equal(130, await run.Stop());
        }
    }

    [Fact]
    public async Task A_second_run_says_whose_socket_it_is_and_goes_on()
    {
        using var first = RunningStreams.Start(_folder, """, "metrics": { "enabled": false }""");
        await first.Says("watching web-1 by audit");
        using var second = RunningStreams.Start(_folder, """, "metrics": { "enabled": false }""");
        await second.Says("another run of Streams listens there; name another socket with \"control\" in the configuration");
        await second.Says("watching web-1 by audit");
        Assert.Equal(130, await second.Stop());
        Assert.Equal(0, Built.Run("status", "--config", Path.Combine(_folder.FullName, "streams.config.json")).Code);
        Assert.Equal(130, await first.Stop());
    }

    [Fact]
    public void Status_without_a_run_says_what_to_do()
    {
        Result result = Built.Run("status", "--config", RunningStreams.Configure(_folder));
        Assert.Equal(2, result.Code);
        Assert.Equal(
            $"streams status: {_folder.FullName}/control.sock: no `streams run` of this user listens there; "
            + "start one, run as the user that it runs as, or name its socket with \"control\" in the configuration\n",
            result.Error);
    }

    [Fact]
    public async Task What_could_not_be_recorded_is_said_at_once_and_at_the_end()
    {
        // Each write to it fails as on a full disk, null(4).
        using var run = RunningStreams.Start(_folder, """, "metrics": { "enabled": false }""", "--record", "/dev/full");
        await run.Says("error: the input is not recorded any more: /dev/full: No space left on device");
        await run.Stop();
        await run.Says("error: the recording lacks ");
    }

    [GeneratedRegex(
        "metrics are at (?<metrics>http://127\\.0\\.0\\.1:[1-9][0-9]*/metrics), "
        + "health at (?<health>http://127\\.0\\.0\\.1:[1-9][0-9]*/healthz)$")]
    private static partial Regex Address();
}
