using System.CommandLine;
using System.Net.Sockets;
using System.Text;
using Streams.Host.CommandLine;
using Streams.Host.Configuration;
using Streams.Host.Live;
using Streams.Host.Output;

namespace Streams.Host.Commands;

/// <summary><c>streams status</c>: asks a running process how it is.</summary>
internal static class StatusCommand
{
    /// <summary>The command.</summary>
    public static Command Make(SharedOptions shared)
    {
        var json = new Option<bool>("--json") { Description = "Print the figures as they came, one JSON object." };
        var command = new ExampleCommand("status", "Ask a running `streams run` how it is.", "./streams status", "./streams status --json") { json };
        command.SetAction(parsed => Run(parsed, shared, parsed.GetValue(json)));
        return command;
    }

    private static int Run(ParseResult parsed, SharedOptions shared, bool json)
    {
        (Settings settings, IReadOnlyList<Problem> problems) = shared.Settings(parsed);
        if (FileMessages.Report(problems)) return ExitCode.Error;
        byte[] answer;
        try
        {
            answer = ControlSocket.Ask(settings.Control, "status");
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AccessDenied)
        {
            Console.Error.WriteLine($"streams status: {settings.Control}: there is no permission to ask it; run as the user that `streams run` runs as");
            return ExitCode.Error;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            Console.Error.WriteLine($"streams status: {settings.Control}: no `streams run` answers there ({e.Message}); start one, or name its socket with \"control\" in the configuration");
            return ExitCode.Error;
        }

        Console.Out.WriteLine(json ? Encoding.UTF8.GetString(answer) : StatusReport.Render(answer));
        return ExitCode.Done;
    }
}
