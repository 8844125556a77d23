using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Streams.Host.Tests.Program;

public sealed class EventsTests : IDisposable
{
    private const string Log =
        """
        type=USER_LOGIN msg=audit(1767225600.100:1): pid=7 uid=0 auid=4294967295 ses=4294967295 msg='op=login acct="ada" exe="/usr/sbin/sshd" hostname=? addr=198.51.100.7 terminal=ssh res=failed'
        node=db-2 type=USER_LOGIN msg=audit(1767225601.100:2): pid=8 uid=0 auid=4294967295 ses=4294967295 msg='op=login acct="bob" exe="/usr/sbin/sshd" hostname=? addr=198.51.100.8 terminal=ssh res=success'

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("streams-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void An_event_is_a_document_on_a_line()
    {
        Result run = Built.Run("events", Write("audit.log", Log));
        Assert.Equal(0, run.Code);
        Assert.Empty(run.Error);
        string[] lines = run.Output.TrimEnd().Split('\n');
        Assert.Equal(["localhost", "db-2"], lines.Select(line => Host(line)));
    }

    [Fact]
    public void Standard_input_is_a_dash()
    {
        Result run = Built.Run(["events", "-", "--host", "web-1"], Log);
        Assert.Equal(0, run.Code);
        Assert.Equal("web-1", Host(run.Output.Split('\n')[0]));
    }

    [Theory]
    [Trait("Found", "D14")]
    [InlineData("events")]
    [InlineData("rules", "--usage")]
    public void Bad_lines_among_good_ones_are_counted_as_replay_does(params string[] command)
    {
        string log = Write("audit.log", $"no record\n{Log}type=USER_LOGIN msg=audit(x): a=b\nnothing here either\n");
        Result replayed = Built.Run("replay", log, "--query", "auth-failure");
        string[] bad = [.. replayed.Error.Split('\n').Where(line => line.StartsWith("bad lines: ", StringComparison.Ordinal))];
        Assert.NotEmpty(bad);

        Result run = Built.Run([.. command, log]);

        Assert.Equal(replayed.Code, run.Code);
        Assert.Equal(bad, run.Error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("--to", "2026-01-01T00:00:01Z", "localhost")]
    [InlineData("--from", "2026-01-01T00:00:01", "db-2")]
    public void Time_bounds_what_is_read(string option, string time, string host)
    {
        Result run = Built.Run("events", Write("audit.log", Log), option, time);
        Assert.Equal(host, Host(Assert.Single(run.Output.TrimEnd().Split('\n'))));
    }

    [Theory]
    [InlineData("auditd.reslut:fail", "auditd.reslut", "did you mean auditd.result?")]
    [InlineData("auditd.result:fail OR auditd.data.oop:login", "auditd.data.oop", "is it spelt as in the documents?")]
    public void A_field_that_no_event_has_is_said_once(string query, string field, string question)
    {
        Result run = Built.Run("events", Write("audit.log", Log), "--where", query);
        Assert.Equal(0, run.Code);
        Assert.Equal($"streams events: warning: --where: no event has a field {field}; {question}\n", run.Error);
    }

    [Theory]
    [InlineData("process.parent.name:sshd")]
    [InlineData("auditd.data.syscall:execve")]
    [InlineData("auditd.data.hostname:web")]
    public void A_known_field_may_be_in_no_event(string query) =>
        Assert.Empty(Built.Run("events", Write("audit.log", Log), "--where", query).Error);

    [Fact]
    public void An_empty_file_has_no_events()
    {
        Result run = Built.Run("events", Write("audit.log", ""));
        Assert.Equal((0, "", ""), (run.Code, run.Output, run.Error));
    }

    [Fact]
    public void A_compressed_file_that_ends_too_early_is_an_error()
    {
        using var packed = new MemoryStream();
        // Random letters: what hardly shrinks cannot all be in the first half.
        var random = new Random(1);
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (int i = 0; i < 2000; i++)
            {
                string noise = new([.. Enumerable.Range(0, 100).Select(_ => (char)random.Next('a', 'z' + 1))]);
                gzip.Write(Encoding.UTF8.GetBytes(
                    $"type=USER_LOGIN msg=audit(1767225600.100:{i}): pid=7 msg='op=login acct=\"{noise}\" res=failed'\n"));
            }
        }

        string path = Path.Combine(_folder, "audit.log.gz");
        File.WriteAllBytes(path, packed.ToArray()[..(int)(packed.Length / 2)]);
        Result run = Built.Run("events", path);
        Assert.Equal(2, run.Code);
        Assert.InRange(run.Output.TrimEnd().Split('\n').Length, 500, 1500);
        Assert.StartsWith($"streams: {path}: it cannot be read beyond line ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Interpreted_text_on_standard_input_is_no_wrong_file()
    {
        Result run = Built.Run(["events", "-"], "----\ntype=USER_LOGIN msg=audit(01/01/26 00:00:00.100:1) : pid=7 uid=root res=failed\n");
        Assert.Equal((0, ""), (run.Code, run.Output));
    }

    [Fact]
    public void A_file_that_is_missing_is_an_error_and_the_others_are_read()
    {
        Result run = Built.Run("events", Path.Combine(_folder, "missing.log"), Write("audit.log", Log));
        Assert.Equal(2, run.Code);
        Assert.Equal(2, run.Output.TrimEnd().Split('\n').Length);
        Assert.Contains("missing.log", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("streams events: soon is no time", "--from", "soon")]
    [InlineData("streams events: --to must be later than --from", "--from", "2026-01-02", "--to", "2026-01-01")]
    [InlineData("streams events: unknown option --wehre; did you mean --where?", "--wehre", "x")]
    public void A_wrong_option_is_one_line(string expected, params string[] options)
    {
        Result run = Built.Run(["events", Write("audit.log", Log), .. options]);
        Assert.Equal(2, run.Code);
        Assert.StartsWith(expected, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact]
    public void A_wrong_query_shows_the_place()
    {
        Result run = Built.Run("events", Write("audit.log", Log), "--where", "user.name:(ada");
        Assert.Equal(2, run.Code);
        Assert.Contains("^", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_after_two_dashes_may_look_like_an_option()
    {
        Result run = Built.Run("events", "--", "--strange.log");
        Assert.Equal(2, run.Code);
        Assert.Contains("--strange.log", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("unknown option", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_is_a_clear_error()
    {
        using Process shell = Process.Start(new ProcessStartInfo(
            "sh", ["-c", "exec \"$0\" events \"$1\" > /dev/full", Built.Program, Write("audit.log", Log)])
        {
            RedirectStandardError = true,
        })!;
        string error = shell.StandardError.ReadToEnd();
        shell.WaitForExit();
        Assert.Equal(2, shell.ExitCode);
        Assert.StartsWith("streams: standard output: ", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void When_the_reader_leaves_it_ends_quietly()
    {
        string log = Write("audit.log", string.Concat(Enumerable.Repeat(Log, 20_000)));
        using Process program = Built.Start("events", log);
        program.StandardInput.Close();
        Assert.NotNull(program.StandardOutput.ReadLine());
        program.StandardOutput.Close();
        Assert.Empty(program.StandardError.ReadToEnd());
        program.WaitForExit();
        Assert.Equal(141, program.ExitCode);
    }

    [Fact]
    public async Task Interrupted_while_it_waits_it_ends_with_130()
    {
        using Process program = Built.Start("events", "-");
        // More than the reader looks at to see whether it is a log.
        await program.StandardInput.WriteAsync(string.Concat(Enumerable.Repeat(Log, 1000)));
        await program.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(await program.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        Task<string> rest = program.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        using Process kill = Process.Start("kill", ["-INT", $"{program.Id}"]);
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.EndsWith("}\n", await rest, StringComparison.Ordinal);
        Assert.Equal(130, program.ExitCode);
    }

    private static string Host(string line) => JsonDocument.Parse(line).RootElement.GetProperty("host").GetProperty("name").GetString()!;

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
