using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit;

namespace Streams.Host.Tests.Program;

/// <summary>Queries that do not return are named, and keep no run from ending.</summary>
[Trait("Found", "P1")]
public sealed partial class EndlessQueryTests : IDisposable
{
    private const string Failure =
        "type=USER_AUTH msg=audit(1767225600.100:1): pid=7 uid=0 auid=4294967295 ses=4294967295 "
        + "msg='op=PAM:authentication grantors=? acct=\"ada\" exe=\"/usr/bin/su\" hostname=? addr=? terminal=pts/0 res=failed'\n";

    private const string Loop =
        "\nQuery(\"loop\", Severity.Low, \"Loops\")"
        + ".From(audit => audit.Where(e => { while (e.Host != \"\") { } return true; })).Alert(e => e.Host);\n";

    private const string Good =
        "Query(\"good\", Severity.Low, \"Good\").From(audit => audit.Where(\"auditd.result:fail\")).Alert(e => \"found\");\n";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("1")]
    [InlineData("3")]
    public async Task In_a_replay_it_is_named_and_left_behind_by_a_stop(string shards)
    {
        using Process replay = Built.Start("replay", Write("audit.log", Failure), "--queries", Queries(), "--shards", shards, "--json");
        var errors = new Lines(replay.StandardError);
        await errors.Says($"streams: warning: the query loop ({_folder.FullName}/queries/loop.csx:2) has used 5");
        Kill(replay, "INT");
        await errors.Says($"streams: error: the query loop ({_folder.FullName}/queries/loop.csx:2) did not return within 2 s of the stop");
        await errors.Says("interrupted after ");
        await replay.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(130, replay.ExitCode);
    }

    [Fact]
    public async Task Live_it_is_named_in_health_and_status_while_it_lasts()
    {
        using var run = RunningStreams.Start(_folder, """, "metrics": { "listen": "127.0.0.1:0" }""", "--queries", Queries());
        Uri address = new(Address().Match(await run.Says("metrics are at")).Groups["health"].Value);
        await run.Says("watching web-1 by audit");
        File.AppendAllText(Path.Combine(_folder.FullName, "audit.log"), Failure);
        await run.Says("warning: the query loop (");
        using var client = new HttpClient();
        using HttpResponseMessage health = await client.GetAsync(address, TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, health.StatusCode);
        string reason = await health.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith($"The query loop ({_folder.FullName}/queries/loop.csx:2) has used ", reason, StringComparison.Ordinal);
        string status = Built.Run("status", "--config", Path.Combine(_folder.FullName, "streams.config.json")).Output;
        Assert.Contains($"  ! The query loop ({_folder.FullName}/queries/loop.csx:2) has used ", status, StringComparison.Ordinal);
        Assert.Equal(143, await run.Stop("TERM"));
        await run.Says("error: the query loop (");
        await run.Says("stopped after ");
    }

    [Fact]
    public async Task The_end_of_the_time_leaves_it_behind_with_exit_code_2()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "audit.log"), "");
        string queries = Queries();
        using var run = RunningStreams.Start(_folder, """, "metrics": { "enabled": false }""", "--queries", queries, "--for", "3s");
        await run.Says("watching web-1 by audit");
        File.AppendAllText(Path.Combine(_folder.FullName, "audit.log"), Failure);
        await run.Says("did not return within 2 s of the stop and was abandoned");
        await run.Says("stopped after ");
        Assert.Equal(2, await run.End());
    }

    [Theory]
    [InlineData("replay")]
    [InlineData("run")]
    public async Task A_second_signal_ends_the_process_at_once(string command)
    {
        string log = Write("audit.log", command == "run" ? "" : Failure);
        string config = RunningStreams.Configure(_folder, """, "metrics": { "enabled": false }""");
        using Process process = command == "run"
            ? Built.Start("run", "--config", config, "--follow", log, "--queries", Queries())
            : Built.Start("replay", log, "--queries", Queries());
        var errors = new Lines(process.StandardError);
        if (command == "run")
        {
            await errors.Says("watching web-1 by audit");
            File.AppendAllText(log, Failure);
        }

        await errors.Says("warning: the query loop (");
        Kill(process, "INT", "TERM");
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode is 130 or 143, $"ended with {process.ExitCode}");
    }

    [Fact]
    public async Task In_a_test_of_examples_it_is_named()
    {
        Queries();
        Write("queries/loop.test.yaml", $"- name: loops\n  input:\n    - lines: |\n        {Failure}  alerts: []\n");
        using Process test = Built.Start("test", Path.Combine(_folder.FullName, "queries"));
        await new Lines(test.StandardError).Says($"streams: warning: the query loop ({_folder.FullName}/queries/loop.csx:2) has used 5");
        test.Kill();
    }

    [Theory]
    [InlineData("while (true) { }\n", "audit")]
    [InlineData("", "audit.Where(Endless() > 0 ? \"a:b\" : \"a:c\")")]
    public void A_script_that_does_not_end_while_it_is_loaded_is_an_error_of_its_own(string statement, string source)
    {
        Write("queries/good.csx", Good);
        Write(
            "queries/endless.csx",
            $"int Endless() {{ while (true) {{ }} }}\n{statement}"
                + $"Query(\"endless\", Severity.Low, \"d\").From(audit => {source}).Alert(e => e.Host);\n");
        Result run = Built.Run("replay", Write("audit.log", Failure), "--queries", Path.Combine(_folder.FullName, "queries"));
        Assert.Equal(2, run.Code);
        Assert.StartsWith(
            $"streams: {_folder.FullName}/queries/endless.csx: the script has used 5 s of processor time and has not come to its end",
            run.Error, StringComparison.Ordinal);
        Assert.Contains("found", run.Output, StringComparison.Ordinal);
    }

    private string Queries()
    {
        Write("queries/good.csx", Good);
        Write("queries/loop.csx", Loop);
        return Path.Combine(_folder.FullName, "queries");
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    // One shell for all of them, so that they follow each other at once.
    private static void Kill(Process process, params string[] signals)
    {
        using Process kill = Process.Start("sh", ["-c", string.Join(';', signals.Select(signal => $"kill -{signal} {process.Id}"))]);
        kill.WaitForExit();
    }

    [GeneratedRegex("health at (?<health>http://127\\.0\\.0\\.1:[1-9][0-9]*/healthz)$")]
    private static partial Regex Address();

    private sealed class Lines(StreamReader reader)
    {
        private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

        public async Task Says(string text)
        {
            using var patience = new CancellationTokenSource(Patience);
            var seen = new List<string>();
            while (await reader.ReadLineAsync(patience.Token) is { } line)
            {
                seen.Add(line);
                if (line.Contains(text, StringComparison.Ordinal)) return;
            }

            Assert.Fail($"it does not say \"{text}\":\n{string.Join('\n', seen)}");
        }
    }
}
