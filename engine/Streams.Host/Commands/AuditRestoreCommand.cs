using System.CommandLine;
using Streams.Audit.Netlink;
using Streams.Audit.Rules;
using Streams.Events;
using Streams.Host.CommandLine;
using Streams.Host.Configuration;
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

    private static int Run(ParseResult parsed, SharedOptions shared)
    {
        (Settings settings, IReadOnlyList<Problem> problems) = shared.Settings(parsed, Trust.ForRun);
        if (FileMessages.Report(problems)) return ExitCode.Error;
        if (StatusCommand.RunningProcess(settings) is [var running])
            return Refuse($"process {running} is a `streams run` and puts everything back when it ends; stop it");
        if (Trust.ForRun?.Check(settings.State) is { } distrust) return Refuse(distrust);
        var found = new FoundSettings(settings.State, BootId.Read());
        int code = ExitCode.Done;
        bool answered = AuditCommand.TryAsk("audit restore", control => code = Restore(control, found));
        return answered ? code : ExitCode.Error;
    }

    private static int Restore(AuditControl control, FoundSettings found)
    {
        AuditStatus status = control.GetStatus();
        int removed = RuleMachine.Current is { } machine && status.Enabled != 2 ? RemoveOwn(control, RuleEnvironment.OfHost(machine)) : 0;
        if (removed > 0) Print($"{Quantity.Of(removed, "rule")} about processes of Streams that have ended removed");
        if (status.Pid != 0 && Directory.Exists($"/proc/{status.Pid}"))
            return Refuse($"process {status.Pid} is the audit daemon, and the settings are its own; stop it first");
        if (found.Values.Count == 0 && removed == 0)
        {
            Print($"nothing to put back: no run in this boot has left settings in {found.Path}");
            return ExitCode.Done;
        }

        (IReadOnlyList<string> done, IReadOnlyList<string> refused) = found.PutBack(control);
        foreach (string line in done) Print(line);
        if (done.Count == 0 && refused.Count == 0) Print("the settings are as they were found");
        foreach (string line in refused) Console.Error.WriteLine($"{Name}: {TerminalText.Escape(line)}");
        return refused.Count == 0 ? ExitCode.Done : ExitCode.Error;
    }

    private static int RemoveOwn(AuditControl control, RuleEnvironment environment)
    {
        byte[][] own =
        [
            .. control.ListRules().Where(bytes => AuditRule.Read(bytes) is { } rule
                && SelfRules.ProcessOf(rule, environment) is { } process && !Directory.Exists($"/proc/{process}")),
        ];
        foreach (byte[] rule in own) control.DeleteRule(rule);
        return own.Length;
    }

    private static int Refuse(string reason)
    {
        Console.Error.WriteLine($"{Name}: {TerminalText.Escape(reason)}");
        return ExitCode.Error;
    }

    private static void Print(string line) => Console.Out.WriteLine(TerminalText.Escape(line));
}
