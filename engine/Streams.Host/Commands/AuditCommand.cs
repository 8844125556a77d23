using System.CommandLine;
using System.Globalization;
using System.Text;
using Streams.Audit.Netlink;
using Streams.Host.CommandLine;
using Streams.Host.Output;

namespace Streams.Host.Commands;

/// <summary><c>streams audit</c>: the state of audit as the kernel has it.</summary>
internal static class AuditCommand
{
    private const string Remedy = "run it as root in the host's PID namespace, or with CAP_AUDIT_CONTROL";

    /// <summary>The command.</summary>
    public static Command Make(SharedOptions shared)
    {
        var command = new ExampleCommand(
            "audit",
            "Show the state of audit as the kernel has it: settings, who gets the records, what was lost.",
            "sudo ./streams audit",
            "sudo ./streams audit restore")
        {
            AuditRestoreCommand.Make(shared),
        };
        command.SetAction(_ => Run());
        return command;
    }

    /// <summary>Asks the kernel about its audit.</summary>
    /// <param name="command">The command that asks, for the message.</param>
    /// <param name="ask">What is asked; it returns the command's exit code.</param>
    /// <returns>The exit code; an error, with a message, when the kernel refuses.</returns>
    public static int Ask(string command, Func<AuditControl, int> ask)
    {
        try
        {
            using var control = new AuditControl();
            return ask(control);
        }
        catch (AuditException error)
        {
            Console.Error.WriteLine($"streams {command}: {error.Message}; {Remedy}");
            return ExitCode.Error;
        }
    }

    private static int Run() => Ask("audit", control =>
    {
        Console.Out.Write(Render(control.GetStatus(), control.ListRules().Count));
        return ExitCode.Done;
    });

    private static string Render(AuditStatus status, int rules)
    {
        var text = new StringBuilder();
        Add("enabled", status.Enabled switch { 0 => "no", 1 => "yes", _ => "yes, and locked until the next boot" });
        Add(
            "records go to",
            status.Pid == 0 ? "nobody but the kernel's log and who reads along" : $"process {status.Pid}, {Program(status.Pid)}");
        Add("rules", Number(rules));
        Add("backlog", $"{Number(status.Backlog)} of {Number(status.BacklogLimit)} records wait");
        Add("backlog wait time", status.BacklogWaitTime is { } wait ? $"{Number(wait)} jiffies" : "not known to this kernel");
        Add("programs waited", status.BacklogWaitTimeActual is { } waited ? $"{Number(waited)} jiffies" : "not known to this kernel");
        Add("rate limit", status.RateLimit == 0 ? "none" : $"{Number(status.RateLimit)} records a second, more are lost");
        Add("lost", $"{Number(status.Lost)} records since boot, or since the count was reset");
        Add("on failure", status.Failure switch { 0 => "nothing", 1 => "a line in the kernel's log", _ => "panic" });
        return text.ToString();

        void Add(string name, string value) => text.Append(name.PadRight(20)).Append(value).Append('\n');
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Program(uint pid)
    {
        try
        {
            string? program = File.ResolveLinkTarget($"/proc/{pid}/exe", returnFinalTarget: false)?.FullName;
            return TerminalText.Escape(program ?? "an unknown program");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "which does not run here";
        }
    }
}
