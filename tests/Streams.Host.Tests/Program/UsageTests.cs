using System.Diagnostics;
using Xunit;

namespace Streams.Host.Tests.Program;

public class UsageTests
{
    [Theory]
    [InlineData("streams: unknown command chekc; did you mean check?", "chekc")]
    [InlineData("streams: unknown option --versoin; did you mean --version?", "--versoin")]
    [InlineData("streams check: unknown option --confg; did you mean --config?", "check", "--confg", "x")]
    [InlineData("streams check: unexpected argument a", "check", "a")]
    public void A_wrong_word_is_one_line_with_the_nearest_right_one(string expected, params string[] args)
    {
        Result run = Built.Run(args);
        Assert.Equal(2, run.Code);
        Assert.Empty(run.Output);
        Assert.StartsWith(expected, run.Error, StringComparison.Ordinal);
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

    [Fact]
    public void Help_names_every_command_and_an_example()
    {
        Result run = Built.Run("--help");
        Assert.Equal(0, run.Code);
        Assert.Contains("Commands:", run.Output, StringComparison.Ordinal);
        Assert.Contains("Examples:\n  sudo ./streams run", run.Output, StringComparison.Ordinal);
    }
}
