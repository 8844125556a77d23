using System.CommandLine;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Streams.Events;
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
        var command = new ExampleCommand(
            "status",
            "Ask a running `streams run` how it is.",
            "./streams status",
            "./streams status --json")
        {
            json,
        };
        command.SetAction(parsed => Run(parsed, shared, parsed.GetValue(json)));
        return command;
    }

    /// <summary>The process that answers at the control socket of a configuration, or none.</summary>
    public static int[] RunningProcess(Settings settings)
    {
        try
        {
            using JsonDocument status = JsonDocument.Parse(ControlSocket.Ask(settings.Control, "status"));
            return [status.RootElement.GetProperty("pid").GetInt32()];
        }
        catch (Exception e) when (e is SocketException or IOException or JsonException)
        {
            return [];
        }
    }

    private static int Run(ParseResult parsed, SharedOptions shared, bool json)
    {
        (Settings settings, IReadOnlyList<Problem> problems) = shared.Settings(parsed, Trust.ForData);
        if (FileMessages.Report(problems)) return ExitCode.Error;
        byte[] answer;
        try
        {
            answer = ControlSocket.Ask(settings.Control, "status");
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            Console.Error.WriteLine($"streams status: {TerminalText.Escape(settings.Control)}: {Fault(e)}");
            return ExitCode.Error;
        }

        Console.Out.WriteLine(json ? Encoding.UTF8.GetString(answer) : StatusReport.Render(answer));
        return ExitCode.Done;
    }

    // connect(2) to a path that is not there is ENOENT, which the runtime gives as an address that is not available.
    private static string Fault(Exception error) => (error as SocketException)?.SocketErrorCode switch
    {
        SocketError.AccessDenied => "there is no permission to ask it; run as the user that `streams run` runs as",
        SocketError.AddressNotAvailable =>
            "no `streams run` of this user listens there; "
            + "start one, run as the user that it runs as, or name its socket with \"control\" in the configuration",
        SocketError.ConnectionRefused => "the `streams run` that made it was killed; start another",
        _ => $"`streams run` does not answer: {FailureText.Of(error)}",
    };
}
