using System.CommandLine;
using Streams.Audit;
using Streams.Audit.Rules;
using Streams.Events;
using Streams.Events.Input;
using Streams.Host.CommandLine;
using Streams.Host.Configuration;
using Streams.Host.Live;
using Streams.Host.Output;
using Streams.Host.Reach;
using Streams.Host.Running;
using Streams.Journal;
using Streams.Notify;
using Streams.Scripting;

namespace Streams.Host.Commands;

/// <summary><c>streams run</c>: runs the queries over what happens on this machine, as it happens.</summary>
internal sealed class RunCommand
{
    private readonly SharedOptions _shared;

    private readonly Option<bool> _json = SharedOptions.AlertsAsJson();

    private readonly Option<string?> _stats = new("--stats")
    {
        Description = "Replace a file every second with the figures of the run, as JSON.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _record = new("--record")
    {
        Description = "Keep the input, so that `replay` says the same again; a name that ends in .log keeps plain audit records.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _follow = new("--follow")
    {
        Description = "Read an audit.log as it grows, in place of the kernel's audit; needs no rights but to read it.",
        HelpName = "FILE",
    };

    private readonly Option<TimeSpan?> _for = new("--for")
    {
        Description = "Stop after so long: 90s, 10m, 24h.",
        HelpName = "DURATION",
        CustomParser = DurationOption.Parse,
    };

    private readonly Option<TimeSpan?> _learn = DurationOption.Learn();

    private RunCommand(SharedOptions shared) => _shared = shared;

    /// <summary>The command.</summary>
    public static Command Make(SharedOptions shared)
    {
        var run = new RunCommand(shared);
        var command = new ExampleCommand(
            "run",
            "Watch this machine: kernel audit and file changes in, alerts out, until it is stopped.",
            "sudo ./streams run",
            "./streams run --follow /var/log/audit/audit.log",
            "sudo ./streams run --json --record /var/lib/streams/today.streams");
        shared.AddQueriesTo(command);
        command.Add(run._json);
        command.Add(run._stats);
        command.Add(run._record);
        command.Add(run._follow);
        command.Add(run._for);
        command.Add(run._learn);
        command.SetAction(run.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        (Settings settings, IReadOnlyList<Problem> problems) = _shared.Settings(parsed, Trust.ForRun);
        if (FileMessages.Report(problems)) return ExitCode.Error;
        if (Environment.IsPrivilegedProcess && Distrusted(parsed, settings) is { } fault)
        {
            Console.Error.WriteLine($"streams run: {TerminalText.Escape(fault)}");
            return ExitCode.Error;
        }

        string? follow = parsed.GetValue(_follow);
        if (Directory.Exists(follow))
        {
            string shown = TerminalText.Escape(follow);
            string example = Path.Combine(shown, "audit.log");
            Console.Error.WriteLine($"streams run: --follow: {shown} is a folder; name the log in it, such as {example}");
            return ExitCode.Error;
        }

        if (follow is not null && FileState.Of(follow, follow: true) is { IsRegular: false } special)
        {
            Console.Error.WriteLine(
                $"streams run: --follow: {TerminalText.Escape(follow)} is {special.KindText}; a log to follow is a regular file "
                + "(./streams replay - reads a pipe)");
            return ExitCode.Error;
        }

        using LoadResult? scripts = _shared.LoadToRun(parsed, settings, Trust.ForRun, out int code);
        if (scripts is null) return ExitCode.Error;
        if (!OutputFile.TryOpen("run", _stats.Name, parsed.GetValue(_stats), file => new StatsFile(file), out StatsFile? stats)
            || !OutputFile.TryOpen("run", _record.Name, parsed.GetValue(_record), Recorder, out IInputWriter? record))
        {
            return ExitCode.Error;
        }

        var time = new BootClock();
        IReadOnlyList<INotifier> notifiers;
        try
        {
            notifiers = Notifiers.Make(settings.Alerts, time);
        }
        catch (FormatException e)
        {
            Console.Error.WriteLine($"streams run: alerts: {TerminalText.Escape(e.Message)}");
            return ExitCode.Error;
        }

        string host = settings.Host ?? Environment.MachineName;
        using var lines = new OperatorLines(Console.Error);
        var log = new OperatorLog(lines);
        using CollectorSet collectors = CollectorSet.Make(settings.Collectors, follow, host, time, log, RuleMachine.Current);
        if (collectors.Collectors.Count == 0)
        {
            lines.Add("streams run: there is nothing to watch: every collector is off in the configuration, or out of reach for this user");
            return ExitCode.Error;
        }

        foreach (Problem problem in QueryNeeds.Problems(scripts.Queries, RuleMachine.Current))
            lines.Add($"streams: {TerminalText.Escape((problem with { File = FileText.Shown(problem.File) }).ToString())}");

        using var run = new LiveRun(
            collectors.Collectors,
            scripts.Queries,
            new LiveOptions
            {
                QueriesFolder = _shared.QueriesFolder(parsed, settings),
                Host = host,
                Json = parsed.GetValue(_json),
                For = parsed.GetValue(_for),
                Learn = parsed.GetValue(_learn),
                Shards = settings.Shards,
                Lateness = settings.Lateness,
                Stats = stats,
                Record = record,
                Notifiers = notifiers,
                Control = settings.Control,
                State = settings.State,
                Metrics = settings.Metrics,
                Conditions = collectors.Conditions,
                CannotFire = _shared.CannotFire(
                    parsed, settings, scripts.Queries, ConfiguredWatch.Of(settings, collectors.Collectors, follow is not null)),
                NotCompiled = [.. scripts.Errors.Distinct().Select(error => FileMessages.ProblemOf(error).ToString())],
            },
            lines,
            time);
        int ran = run.Run();
        return ran != ExitCode.Done ? ran : code;
    }

    private static IInputWriter Recorder(string file)
    {
        if (file.EndsWith(".log", StringComparison.Ordinal)) return new AuditLogWriter(file);
        // A recording replaces the one before; whatever else is there was hardly meant.
        if (new FileInfo(file) is { Exists: true, Length: > 0 } && !RecordingInputSource.IsRecording(file))
            throw new IOException("it is there and is no recording, so it is not replaced");
        return new RecordingWriter(file);
    }

    private string? Distrusted(ParseResult parsed, Settings settings) => ConfiguredPaths
        .Trusted(settings with { Queries = _shared.QueriesFolder(parsed, settings) })
        .Select(each => TrustedPath.OfThisProcess.Check(each.Path)).FirstOrDefault(fault => fault is not null);
}
