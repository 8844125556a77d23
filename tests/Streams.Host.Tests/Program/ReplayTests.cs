using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace Streams.Host.Tests.Program;

public sealed class ReplayTests(ReplayTests.QueryFolder queries) : IClassFixture<ReplayTests.QueryFolder>, IDisposable
{
    private const string Failure =
        "type=USER_AUTH msg=audit(1767225600.100:1): pid=7 uid=0 auid=4294967295 ses=4294967295 "
        + "msg='op=PAM:authentication grantors=? acct=\"ada\" exe=\"/usr/bin/su\" hostname=? addr=? terminal=pts/0 res=failed'\n";

    private const string Query =
        "Query(\"failed\", Severity.Medium, \"A failed login\")"
        + ".From(audit => audit.Where(\"auditd.result:fail\")).Alert(e => $\"{e.Host}: {e.Data(\"acct\")} failed\");\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("streams-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Alerts_are_blocks_on_standard_output_and_figures_on_standard_error()
    {
        Result run = Replay();
        Assert.Equal(0, run.Code);
        Assert.StartsWith(
            "MEDIUM   failed on web-1  2026-01-01 00:00:00.100Z\n  web-1: ada failed\n", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.Output);
        Assert.Contains("1 event from 1 record in ", run.Error, StringComparison.Ordinal);
        Assert.Contains("alerts: 1 (failed 1)", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void As_JSON_each_transition_is_a_line()
    {
        Result run = Replay("--json");
        JsonElement alert = JsonDocument.Parse(Assert.Single(run.Output.TrimEnd().Split('\n'))).RootElement;
        Assert.Equal("failed", alert.GetProperty("rule").GetProperty("name").GetString());
        Assert.Equal("start", alert.GetProperty("streams").GetProperty("alert").GetProperty("status").GetString());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [Trait("Found", "C3")]
    public void Records_stamped_in_2099_blind_no_query_and_are_in_the_summary(int wrong)
    {
        string log = Path.Combine(_folder, "audit.log");
        IEnumerable<string> lines = Enumerable.Range(0, wrong).Select(i => At(4_070_908_800 + i, i))
            .Concat(Enumerable.Range(0, 12).Select(i => At(1_767_225_600 + i, 100 + i)));
        File.WriteAllLines(log, lines.Select(line => line.TrimEnd()));

        Result run = Built.Run("replay", log, "--query", "auth-failures-repeated");
        Assert.Equal(0, run.Code);
        Assert.Contains("auth-failures-repeated on ", run.Output, StringComparison.Ordinal);
        string events = wrong == 1 ? "1 event" : $"{wrong} events";
        Assert.Contains($"ahead: {events} with a stamp that is not believed", run.Error, StringComparison.Ordinal);

        static string At(long second, int serial) => Failure.Replace("1767225600.100:1", $"{second}.000:{serial}", StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Found", "C1")]
    public void Events_that_cannot_be_decoded_are_in_the_summary_and_make_no_gap()
    {
        string recording = Path.Combine(_folder, "input.streams");
        using (var writer = new Journal.RecordingWriter(recording))
        {
            DateTimeOffset at = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
            writer.Write(new Events.Input.Batch(
                Enumerable.Range(0, 10).Select(i => new Events.Document("web-1", "audit", at.AddSeconds(i), (ulong)i, "{"u8.ToArray()))
                    .ToArray<Events.Event>(), at.AddSeconds(20)));
        }

        Result run = Built.Run("replay", recording, "--query", "audit-tampered,records-lost");
        Assert.Equal((0, ""), (run.Code, run.Output));
        Assert.Contains("faulty: Streams failed at 10 events and kept the records (decode 10)", run.Error, StringComparison.Ordinal);
        Assert.Contains("the first is 1767225600.000:0: JsonFields", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_queries_may_follow_one_option()
    {
        string[] names = ["auth-failure", "new-listener"];
        Result run = Built.Run("replay", Path.Combine(Built.Root, "samples"), "--json", "--query", "auth-failure", "new-listener");
        Assert.Equal(0, run.Code);
        Assert.Equal(names.Order(), run.Output.TrimEnd().Split('\n').Select(Rule).Distinct().Order());
    }

    [Theory]
    [InlineData("events", "-", "--host", "web-1")]
    [InlineData("replay", "-", "--host", "web-1", "--json", "--queries", "QUERIES")]
    public async Task What_comes_through_a_pipe_leaves_while_the_pipe_is_still_open(params string[] args)
    {
        using Process process = Built.Start([.. args.Select(word => word == "QUERIES" ? queries.Path : word)]);
        try
        {
            await process.StandardInput.WriteAsync(Failure);
            await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
            string? line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)
                .AsTask().WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
            Assert.Equal("web-1", JsonDocument.Parse(line!).RootElement.GetProperty("host").GetProperty("name").GetString());
            Assert.False(process.HasExited);
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public void The_figures_go_to_a_file()
    {
        string stats = Path.Combine(_folder, "stats.json");
        Assert.Equal(0, Replay("--stats", stats).Code);
        JsonElement figures = JsonDocument.Parse(File.ReadAllText(stats)).RootElement;
        Assert.Equal(1, figures.GetProperty("records").GetInt64());
        Assert.Equal(1, figures.GetProperty("events").GetInt64());
        Assert.Equal(0, figures.GetProperty("torn").GetInt64());
        Assert.Equal(1, figures.GetProperty("alerts").GetProperty("failed").GetInt64());
        Assert.Empty(figures.GetProperty("bad_lines").EnumerateObject());
        Assert.True(figures.GetProperty("seconds").GetDouble() >= 0);
    }

    [Fact]
    public void Figures_that_cannot_be_written_are_an_error_after_the_summary()
    {
        Result run = Replay("--stats", "/dev/full");
        Assert.Equal(2, run.Code);
        Assert.Contains("alerts: 1 (failed 1)", run.Error, StringComparison.Ordinal);
        Assert.StartsWith("streams replay: --stats: ", run.Error.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Several_shards_say_the_same() => Assert.Equal(Replay("--json").Output, Replay("--json", "--shards", "3").Output);

    [Fact]
    public void An_error_in_one_script_leaves_the_others_running()
    {
        Write("queries/failed.csx", Query);
        Write(
            "queries/broken.csx",
            "Query(\"broken\", Severity.Low, \"x\")\n    .From(audit => audit.Wehre(\"a:b\")).Alert(e => e.Host);\n");
        Result run = Built.Run("replay", Write("audit.log", Failure), "--host", "web-1", "--queries", Path.Combine(_folder, "queries"));
        Assert.Equal(2, run.Code);
        Assert.Contains("broken.csx:2:", run.Error, StringComparison.Ordinal);
        Assert.Contains("web-1: ada failed", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_query_is_an_error()
    {
        Result run = Replay("--query", "faild");
        Assert.Equal(2, run.Code);
        Assert.Contains("faild", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact]
    public void A_folder_without_queries_is_an_error()
    {
        string empty = Directory.CreateDirectory(Path.Combine(_folder, "empty")).FullName;
        Result run = Built.Run("replay", Write("audit.log", Failure), "--queries", empty);
        Assert.Equal(2, run.Code);
        Assert.Contains("there are no queries", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_log_is_named_and_the_rest_is_read()
    {
        Result run = Replay(Write("notes.txt", "dear diary\n"));
        Assert.Equal(2, run.Code);
        Assert.Contains("notes.txt: does not begin like an audit log", run.Error, StringComparison.Ordinal);
        Assert.Contains("web-1: ada failed", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_folder_what_is_no_log_is_skipped()
    {
        Write("logs/audit.log", Failure);
        Write("logs/notes.txt", "dear diary\n");
        Result run = Built.Run("replay", Path.Combine(_folder, "logs"), "--queries", queries.Path);
        Assert.Equal(0, run.Code);
        Assert.Contains("skipped: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("notes.txt", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_folder_is_an_error()
    {
        string empty = Directory.CreateDirectory(Path.Combine(_folder, "empty")).FullName;
        Result run = Built.Run("replay", empty, "--queries", queries.Path);
        Assert.Equal(2, run.Code);
        Assert.Contains("/empty: the folder ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupted_it_says_the_figures_and_ends_with_130()
    {
        using Process program = Built.Start("replay", "-", "--queries", queries.Path, "--json");
        // More than the reader looks at to see whether it is a log.
        await program.StandardInput.WriteAsync(string.Concat(Enumerable.Repeat(Failure, 1000)));
        await program.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(await program.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        Task<string> rest = program.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        using Process kill = Process.Start("kill", ["-INT", $"{program.Id}"]);
        string error = await program.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(130, program.ExitCode);
        Assert.StartsWith("interrupted after ", error, StringComparison.Ordinal);
        Assert.EndsWith("}\n", await rest, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("streams replay: soon is no duration", "--learn", "soon")]
    [InlineData("streams replay: 0 is no whole number from 1 to 256", "--shards", "0")]
    [InlineData("streams replay: --stats: ", "--stats", "FOLDER/none/stats.json")]
    public void A_wrong_option_is_one_line(string expected, params string[] options)
    {
        Result run = Replay([.. options.Select(option => option.Replace("FOLDER", _folder, StringComparison.Ordinal))]);
        Assert.Equal(2, run.Code);
        Assert.StartsWith(expected, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    private static string? Rule(string alert) => JsonDocument.Parse(alert).RootElement.GetProperty("rule").GetProperty("name").GetString();

    private Result Replay(params string[] more) =>
        Built.Run(["replay", Write("audit.log", Failure), "--host", "web-1", "--queries", queries.Path, .. more]);

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>One folder for all, so that the query is compiled once.</summary>
    public sealed class QueryFolder : IDisposable
    {
        public QueryFolder() => File.WriteAllText(System.IO.Path.Combine(Path, "failed.csx"), Query);

        public string Path { get; } = Directory.CreateTempSubdirectory("streams-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
