using System.Diagnostics;
using Xunit;

namespace Streams.Host.Tests.Program;

/// <summary>The program on a terminal, which script(1) makes.</summary>
[Trait("Found", "P6")]
public sealed class TerminalTests
{
    [Theory]
    [InlineData("$0 --version", "0.1")]
    [InlineData("$0 queries --query auth-failure --config $1/streams.config.json", "auth-failure")]
    [InlineData("$0 replay $1/samples --learn 0 --query network-shell --config $1/streams.config.json", "reverse shell")]
    [InlineData("$0 replay $1/samples --learn 0 --query network-shell --config $1/streams.config.json | cat", "reverse shell")]
    public void The_modes_of_the_terminal_stay_as_they_are(string command, string shown)
    {
        string output = OnTerminal(command);
        Assert.Contains(shown, output, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[?1h", output, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b=", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("> /dev/null", true)]
    [InlineData("| cat", false)]
    public void Progress_is_drawn_only_where_nobody_else_writes_to_the_terminal(string to, bool isDrawn)
    {
        string output = OnTerminal($"$0 replay $1/samples --learn 0 --config $1/streams.config.json {to}");
        Assert.Equal(isDrawn, output.Contains("\r\u001b[K", StringComparison.Ordinal));
    }

    [Fact]
    public void At_80_columns_no_line_of_an_alert_is_longer()
    {
        string output = OnTerminal(
            "NO_COLOR=1 $0 replay $1/samples --learn 0 --query network-shell --config $1/streams.config.json 2> /dev/null");
        IEnumerable<string> lines = output.Split('\n').Select(line => line.TrimEnd('\r'));
        string[] evidence = [.. lines.Where(line => line.StartsWith("    ", StringComparison.Ordinal))];
        Assert.NotEmpty(evidence);
        Assert.All(evidence, line => Assert.InRange(line.Length, 1, 80));
        Assert.Contains(evidence, line => line.Contains("203.0.113.66:8443", StringComparison.Ordinal));
    }

    [Fact]
    public void Who_reads_no_further_is_no_error()
    {
        const string Command = "$0 queries --json --config $1/streams.config.json | head -c 1 > /dev/null; echo ${PIPESTATUS[0]}";
        using Process shell = Process.Start(new ProcessStartInfo("bash", ["-c", Command, Built.Program, Built.Root])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        string code = shell.StandardOutput.ReadToEnd();
        Assert.Empty(shell.StandardError.ReadToEnd());
        shell.WaitForExit();
        Assert.Contains(code.Trim(), (string[])["0", "141"]);
    }

    private static string OnTerminal(string command)
    {
        if (!File.Exists("/usr/bin/script")) Assert.Skip("there is no script(1) to make a terminal with");
        string line = command.Replace("$0", Built.Program, StringComparison.Ordinal).Replace("$1", Built.Root, StringComparison.Ordinal);
        var start = new ProcessStartInfo("script", ["-qec", $"stty cols 80; {line}", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["TERM"] = "xterm-256color" },
        };
        using Process script = Process.Start(start)!;
        string output = script.StandardOutput.ReadToEnd();
        script.WaitForExit();
        return output;
    }
}
