using System.Buffers;
using System.CommandLine;
using Streams.Audit;
using Streams.Audit.Rules;
using Streams.Events;
using Streams.Events.Input;
using Streams.Host.CommandLine;
using Streams.Host.Configuration;
using Streams.Host.Live;
using Streams.Host.Output;
using Streams.Host.Running;

namespace Streams.Host.Commands;

/// <summary><c>streams rules</c>: the audit rules that are configured, those that are loaded, and what they cost.</summary>
internal static class RulesCommand
{
    // What is no file of rules at all would fill the screen.
    private const int MostShown = 5;

    /// <summary>The command.</summary>
    public static Command Make(SharedOptions shared)
    {
        var loaded = new Option<bool>("--loaded") { Description = "Show the rules that the kernel has." };
        var diff = new Option<bool>("--diff")
        {
            Description = "Show how they differ: + is to be loaded, - should not be, ~ is in the wrong place; exits with 1 if they do.",
        };
        var compile = new Option<string[]>("--compile")
        {
            Description = "Compile files of rules to the kernel's binary form, in hex; nothing is loaded.",
            HelpName = "FILE",
            AllowMultipleArgumentsPerToken = true,
        };
        var decompile = new Option<string?>("--decompile")
        {
            Description = "Print rules in hex, one a line, as auditctl writes them; - reads standard input.",
            HelpName = "FILE",
        };
        var usage = new Option<string[]>("--usage")
        {
            Description = "Show how many events and bytes come from each key in audit logs, or in a recording of `run --record`.",
            HelpName = "PATH",
            AllowMultipleArgumentsPerToken = true,
        };
        var machine = new Option<string?>("--machine")
        {
            Description = "The machine to compile for: x86_64 or aarch64; by default this one.",
            HelpName = "NAME",
        };
        machine.Validators.Add(given =>
        {
            if (given.Tokens is [var name, ..] && RuleMachine.Find(name.Value) is null)
                given.AddError($"{name.Value} is no machine that rules can be compiled for; there are x86_64 and aarch64");
        });
        var command = new ExampleCommand(
            "rules",
            "Show the audit rules that the configuration asks for, those that are loaded, and what they cost.",
            "./streams rules",
            "sudo ./streams rules --diff",
            "sudo ./streams rules --loaded",
            "./streams rules --compile /etc/audit/rules.d/audit.rules --machine aarch64",
            "./streams rules --compile my.rules | ./streams rules --decompile -",
            "./streams rules --usage /var/log/audit")
        {
            loaded, diff, compile, decompile, usage, machine,
        };
        command.Validators.Add(given =>
        {
            Option[] all = [loaded, diff, compile, decompile, usage];
            Option[] views = [.. all.Where(option => given.GetResult(option) is { Implicit: false })];
            if (views.Length > 1) given.AddError($"{views[0].Name} and {views[1].Name} are two views: give one of them");
        });
        command.SetAction(parsed =>
        {
            if ((parsed.GetValue(machine) is { } name ? RuleMachine.Find(name) : RuleMachine.Current) is not { } target)
            {
                Console.Error.WriteLine(
                    "streams rules: rules can be compiled for x86_64 and aarch64, and this is neither: name one with --machine");
                return ExitCode.Error;
            }

            if (parsed.GetValue(compile) is { Length: > 0 } files) return Compile(files, target);
            if (parsed.GetValue(decompile) is { } file) return Decompile(file, target);
            if (parsed.GetValue(loaded)) return Loaded(target);
            (Settings settings, IReadOnlyList<Problem> problems) = shared.Settings(parsed, Trust.ForData);
            if (FileMessages.Report(problems)) return ExitCode.Error;
            if (parsed.GetValue(usage) is { Length: > 0 } logs) return Usage(logs, settings);
            return parsed.GetValue(diff) ? Differ(settings, target) : Configured(settings, target);
        });
        return command;
    }

    private static int Configured(Settings settings, RuleMachine machine)
    {
        RuleSources sources = ConfiguredRules.Of(settings.Collectors);
        if (sources.AreNone)
        {
            Console.Error.WriteLine("streams rules: \"rules\": [] leaves the loaded rules alone; see them with --loaded");
            return ExitCode.Done;
        }

        RuleSet set = sources.Read(RuleEnvironment.OfHost(machine), out bool isWhole);
        Print(set.Rules.Select(rule => rule.Rule), machine);
        return Report(set) | (isWhole ? ExitCode.Done : ExitCode.Error);
    }

    private static int Loaded(RuleMachine machine) => AuditCommand.Ask("rules", control =>
    {
        Print(control.Rules.List(), machine);
        return ExitCode.Done;
    });

    private static int Differ(Settings settings, RuleMachine machine)
    {
        RuleEnvironment environment = RuleEnvironment.OfHost(machine);
        RuleSet set = ConfiguredRules.Of(settings.Collectors).Read(environment, out _);
        int code = Report(set);
        return AuditCommand.Ask("rules", control =>
        {
            // A running Streams keeps itself out of what it records, whether it gets the records or reads along.
            int[] running = [(int)control.GetStatus().Pid, .. StatusCommand.RunningProcess(settings)];
            IReadOnlyList<AuditRule> list = control.Rules.List();
            AuditRule[] self = [.. running.Distinct().SelectMany(pid => SelfRules.Of(pid, environment)).Where(list.Contains)];
            RuleDifference difference = RuleDifference.Between([.. self, .. set.Rules.Select(rule => rule.Rule)], list);
            Print(difference.Foreign, machine, "- ");
            Print(difference.Missing, machine, "+ ");
            Print(difference.Misplaced, machine, "~ ");
            bool differs = difference.Foreign.Count + difference.Missing.Count + difference.Misplaced.Count > 0;
            return code == ExitCode.Done && differs ? ExitCode.Failed : code;
        });
    }

    private static int Compile(string[] files, RuleMachine machine)
    {
        RuleSet set = new RuleSources { Files = files }.Read(RuleEnvironment.OfHost(machine), out bool isWhole);
        foreach (PlacedRule rule in set.Rules)
        {
            string text = $"{FileText.Shown(rule.File)}:{rule.Line}: {rule.Rule.Text(machine, rule.InFront)}";
            Console.Out.WriteLine($"# {TerminalText.Escape(text)}");
            Console.Out.WriteLine(Convert.ToHexStringLower(rule.Rule.Message(rule.InFront)));
        }

        return Report(set) | (isWhole ? ExitCode.Done : ExitCode.Error);
    }

    private static int Decompile(string file, RuleMachine machine)
    {
        int number = 0;
        int wrong = 0;
        try
        {
            foreach (string line in file == "-" ? Console.In.ReadToEnd().Split('\n') : File.ReadLines(file))
            {
                number++;
                string hex = line.Trim();
                if (hex.Length == 0 || hex[0] == '#') continue;
                if (Rule(hex, out bool inFront) is { } rule)
                {
                    Console.Out.WriteLine(TerminalText.Escape(rule.Text(machine, inFront)));
                    continue;
                }

                wrong++;
                if (wrong > MostShown) continue;
                Console.Error.WriteLine(
                    $"streams: {TerminalText.Escape(file)}:{number}: these are not the bytes of a rule in hex, as --compile prints them");
            }
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"streams: {TerminalText.Escape($"{file}: cannot be read: {FailureText.Of(e)}")}");
            return ExitCode.Error;
        }

        if (wrong > MostShown)
            Console.Error.WriteLine($"streams: {TerminalText.Escape(file)}: and {Quantity.Of(wrong - MostShown, "line")} more");
        return wrong == 0 ? ExitCode.Done : ExitCode.Error;
    }

    private static AuditRule? Rule(string hex, out bool inFront)
    {
        inFront = false;
        byte[] bytes = new byte[hex.Length / 2];
        return Convert.FromHexString(hex, bytes, out _, out _) == OperationStatus.Done ? AuditRule.Read(bytes, out inFront) : null;
    }

    private static int Usage(string[] logs, Settings settings)
    {
        InputSource source = logs.Length == 1 && RecordingInputSource.IsRecording(logs[0])
            ? new RecordingInputSource(logs[0], from: null, to: null)
            : new LogInputSource(new AuditLogReader(logs, new LogOptions { Host = settings.Host ?? "localhost" }));
        using var signals = new StopSignals();
        var usage = new RuleUsage();
        bool ended = source.Run(record => Count(record, usage), () => { }, signals.Token);
        Console.Out.Write(usage.Render());
        Console.Error.Write(Summary.Unread(source.Figures));
        int code = source.Report();
        return ended ? code : signals.ExitCode;
    }

    private static void Count(InputRecord record, RuleUsage usage)
    {
        if (record is not Batch batch) return;
        foreach (Event made in batch.Events.Span)
        {
            if (made is AuditEvent audit) usage.Add(audit);
        }
    }

    private static void Print(IEnumerable<AuditRule> rules, RuleMachine machine, string mark = "")
    {
        foreach (AuditRule rule in rules) Console.Out.WriteLine(mark + TerminalText.Escape(rule.Text(machine)));
    }

    private static int Report(RuleSet set)
    {
        foreach (RuleProblem problem in set.Problems)
            Console.Error.WriteLine($"streams: {TerminalText.Escape((problem with { File = FileText.Shown(problem.File) }).ToString())}");
        return set.Problems.Any(problem => problem.IsError) ? ExitCode.Error : ExitCode.Done;
    }
}
