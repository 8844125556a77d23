using System.Diagnostics;
using Xunit;

namespace Streams.Host.Tests.Program;

public class UsageTests
{
    [Theory]
    [InlineData("streams: unknown command chekc; did you mean check?",
        "chekc")]
    [InlineData("streams: unknown option --versoin; did you mean --version?",
        "--versoin")]
    [InlineData("streams check: unknown option --confg; did you mean --config?",
        "check", "--confg", "x")]
    [InlineData("streams check: unexpected argument a",
        "check", "a")]
    [InlineData("streams replay: it needs a PATH",
        "replay")]
    [InlineData("streams replay: --stats needs a FILE",
        "replay", "x", "--stats")]
    [InlineData("streams replay: --host is given more than once",
        "replay", "x", "--host", "a", "--host", "b")]
    [InlineData("streams replay: PATH is empty",
        "replay", "")]
    [InlineData("streams replay: --host is empty",
        "replay", "x", "--host", "")]
    [InlineData("streams replay: --query names no query",
        "replay", "x", "--query", ",")]
    [InlineData("streams run: --follow is empty",
        "run", "--follow", "")]
    [InlineData("streams run: -5s is no duration such as",
        "run", "--for", "-5s")]
    [InlineData("streams rules: mips is no machine that rules can be compiled for; there are x86_64 and aarch64",
        "rules", "--machine", "mips")]
    [InlineData("streams: /MISSING/c: there is no such file; name another with --config",
        "queries", "--config", "/MISSING/c")]
    [InlineData("streams: /tmp: is a folder; name a file such as /tmp/streams.config.json",
        "queries", "--config", "/tmp")]
    [InlineData("streams: /MISSING: there is no such folder of queries; name the folder with --queries",
        "queries", "--queries", "/MISSING")]
    [InlineData("streams: /etc/passwd: is a file, not a folder of queries; name the folder with --queries",
        "queries", "--queries", "/etc/passwd")]
    [InlineData("streams: /MISSING/r: there is no such file; check the path",
        "rules", "--compile", "/MISSING/r")]
    [InlineData("streams: /MISSING/r: cannot be read: there is no such file",
        "rules", "--decompile", "/MISSING/r")]
    [InlineData("streams replay: --stats: - is no file, and standard output is for the alerts; name a file",
        "replay", "x", "--stats", "-")]
    [InlineData("streams run: --record: - is no file, and standard output is for the alerts; name a file",
        "run", "--record", "-")]
    public void A_wrong_word_is_one_line_with_the_nearest_right_one(string expected, params string[] args)
    {
        // A folder that was made and removed: nothing of that name is there, on any machine.
        string missing = Directory.CreateTempSubdirectory("streams-missing-").FullName;
        Directory.Delete(missing);
        Result run = Built.Run([.. args.Select(arg => arg.Replace("/MISSING", missing, StringComparison.Ordinal))]);
        Assert.Equal(2, run.Code);
        Assert.Empty(run.Output);
        Assert.StartsWith(expected.Replace("/MISSING", missing, StringComparison.Ordinal), run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void Without_a_command_there_is_help_and_an_error()
    {
        Result run = Built.Run();
        Assert.Equal(2, run.Code);
        Assert.Empty(run.Output);
        Assert.Contains("Commands:", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_version_is_a_line()
    {
        Result run = Built.Run("--version");
        Assert.Equal(0, run.Code);
        Assert.Matches(@"^\d+\.\d+\.\d+\n$", run.Output);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("queries")]
    public void A_full_disk_is_one_line(string command)
    {
        using Process shell = Process.Start(new ProcessStartInfo("sh", ["-c", "exec \"$0\" \"$1\" > /dev/full", Built.Program, command])
        {
            RedirectStandardError = true,
        })!;
        string error = shell.StandardError.ReadToEnd();
        shell.WaitForExit();
        Assert.Equal(2, shell.ExitCode);
        Assert.StartsWith("streams: the output cannot be written: ", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("queries")]
    [InlineData("replay", "/dev/null")]
    [InlineData("events", "FAILED")]
    public void A_standard_output_that_is_closed_is_never_another_file(params string[] args)
    {
        string log = Path.GetTempFileName();
        File.WriteAllText(
            log,
            "type=USER_AUTH msg=audit(1000.000:1): pid=4242 uid=0 auid=4294967295 ses=4294967295 msg='op=PAM:authentication res=failed'\n");
        using Process shell = Process.Start(new ProcessStartInfo(
            "sh", ["-c", "exec \"$@\" >&-", "sh", Built.Program, args[0], .. args[1..].Select(arg => arg == "FAILED" ? log : arg)])
        {
            RedirectStandardError = true,
        })!;
        string error = shell.StandardError.ReadToEnd();
        shell.WaitForExit();
        Assert.DoesNotContain("Unhandled exception", error, StringComparison.Ordinal);
        Assert.InRange(shell.ExitCode, 0, 2);
        Assert.StartsWith("type=USER_AUTH", File.ReadAllText(log), StringComparison.Ordinal);
        File.Delete(log);
    }

    [Fact]
    public void Help_names_every_command_and_an_example()
    {
        Result run = Built.Run("--help");
        Assert.Equal(0, run.Code);
        Assert.Contains("Commands:", run.Output, StringComparison.Ordinal);
        Assert.Contains("Examples:\n  sudo ./streams run", run.Output, StringComparison.Ordinal);
    }
}
