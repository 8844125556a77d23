using System.CommandLine;
using Streams.Audit.Netlink;
using Streams.Audit.Rules;
using Streams.Events;
using Streams.Host.CommandLine;
using Streams.Host.Configuration;
using Streams.Host.Live;
using Streams.Host.Output;

namespace Streams.Host.Commands;

/// <summary>
/// <c>streams audit restore</c>: what a run does at its end, for one that was killed. The settings of audit go back to what they were, and
/// the rules about runs that have ended are removed.
/// </summary>
internal static class AuditRestoreCommand
{
    private const string Name = "streams audit restore";

    /// <summary>The command.</summary>
    public static Command Make(SharedOptions shared)
    {
        var command = new ExampleCommand(
            "restore",
            "Set audit back to what it was before a `streams run` that was killed; other rules than those about itself stay.",
            "sudo ./streams audit restore");
        command.SetAction(parsed => Run(parsed, shared));
        return command;
    }

    /// <summary>Puts audit back, and prints what was done.</summary>
    /// <param name="audit">The kernel's settings.</param>
    /// <param name="rules">The kernel's rules.</param>
    /// <param name="environment">What the meaning of rules depends on; null where it is not known.</param>
    /// <param name="found">What the settings were.</param>
    /// <param name="output">Where what was done is printed.</param>
    /// <param name="errors">Where what was not done is printed.</param>
    /// <returns>The exit code: an error when something could not be done.</returns>
    internal static int Restore(
        IAuditSettings audit, IKernelRules rules, RuleEnvironment? environment, FoundSettings found, TextWriter output, TextWriter errors)
    {
        string nothing = found.Count == 0
            ? $"nothing to put back: no run in this boot has left settings in {found.Path}"
            : "the settings are as they were found";
        (IReadOnlyList<string> done, IReadOnlyList<string> failed) = AuditRestoration.Run(audit, rules, environment, found);
        foreach (string line in done.Count + failed.Count == 0 ? [nothing] : done) output.WriteLine(TerminalText.Escape(line));
        foreach (string line in failed) errors.WriteLine($"{Name}: {TerminalText.Escape(line)}");
        return failed.Count == 0 ? ExitCode.Done : ExitCode.Error;
    }

    private static int Run(ParseResult parsed, SharedOptions shared)
    {
        (Settings settings, IReadOnlyList<Problem> problems) = shared.Settings(parsed, Trust.ForRun);
        if (FileMessages.Report(problems)) return ExitCode.Error;
        if (Trust.ForRun?.Check(settings.State) is { } distrust) return Refuse(distrust);
        if (Running(settings) is { } running) return Refuse(running);
        RuleEnvironment? environment = RuleMachine.Current is { } machine ? RuleEnvironment.OfHost(machine) : null;
        var found = new FoundSettings(settings.State, BootId.Read());
        return AuditCommand.Ask(
            "audit restore",
            control => Restore(control, control.Rules, environment, found, Console.Out, Console.Error));
    }

    // Why a run is alive or may be; null when none is. One that hangs does not answer, but has left when its process started.
    private static string? Running(Settings settings)
    {
        var file = new AliveFile(settings.State);
        AliveStamp? stamp = file.Read(out string? fault);
        int[] running = StatusCommand.RunningProcess(settings);
        if (running.Length == 0 && stamp is not null && file.IsAlive(stamp)) running = [stamp.Pid];
        if (running is [var process]) return $"process {process} is a `streams run` and puts everything back when it ends; stop it";
        return fault is null ? null : $"whether a `streams run` is alive is not known: {fault}; stop it if one is, and move the file away";
    }

    private static int Refuse(string reason)
    {
        Console.Error.WriteLine($"{Name}: {TerminalText.Escape(reason)}");
        return ExitCode.Error;
    }
}
