using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using Streams.Events;
using Streams.Host.CommandLine;
using Streams.Host.Configuration;
using Streams.Host.Output;
using Streams.Host.Running;
using Streams.Scripting;

namespace Streams.Host.Commands;

/// <summary><c>streams replay</c>: runs the queries over logs in virtual time.</summary>
internal sealed class ReplayCommand
{
    private readonly SharedOptions _shared;
    private readonly LogInput _input = new();

    private readonly Option<bool> _json = SharedOptions.AlertsAsJson();

    private readonly Option<TimeSpan?> _learn = DurationOption.Learn();

    private readonly Option<int?> _shards = new("--shards")
    {
        Description = "How many threads share the queries' work; the alerts are the same with any number.",
        HelpName = "N",
        CustomParser = Shards,
    };

    private readonly Option<string?> _stats = new("--stats")
    {
        Description = "Write the figures of the run to a file, as JSON.",
        HelpName = "FILE",
    };

    private ReplayCommand(SharedOptions shared) => _shared = shared;

    /// <summary>The command.</summary>
    public static Command Make(SharedOptions shared)
    {
        var replay = new ReplayCommand(shared);
        var command = new ExampleCommand(
            "replay",
            "Run the queries over audit logs and print the alerts.",
            "./streams replay samples",
            "./streams replay /var/log/audit --query auth-failure --json",
            "zcat audit.log.*.gz | ./streams replay - --host web-1 --learn 0");
        replay._input.AddTo(command);
        shared.AddQueriesTo(command);
        command.Add(replay._json);
        command.Add(replay._learn);
        command.Add(replay._shards);
        command.Add(replay._stats);
        command.SetAction(replay.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        long started = Stopwatch.GetTimestamp();
        (Settings settings, IReadOnlyList<Problem> problems) = _shared.Settings(parsed, Trust.ForScripts);
        if (FileMessages.Report(problems)) return ExitCode.Error;
        if (!OutputFile.TryOpen("replay", _stats.Name, parsed.GetValue(_stats), Create, out FileStream? stats)) return ExitCode.Error;

        using (stats)
        {
            using LoadResult? scripts = _shared.LoadToRun(parsed, settings, Trust.ForScripts, out int code);
            if (scripts is null || _input.Source(parsed, settings) is not { } source) return ExitCode.Error;
            using var replay = new Replay(source, scripts.Queries, new RunOptions
            {
                QueriesFolder = _shared.QueriesFolder(parsed, settings),
                Json = parsed.GetValue(_json),
                Learn = parsed.GetValue(_learn),
                Shards = parsed.GetValue(_shards) ?? settings.Shards,
                Lateness = settings.Lateness,
            });
            int ran = replay.Run(out RunFigures figures);
            figures = figures with { Elapsed = Stopwatch.GetElapsedTime(started) };
            if (ran != ExitCode.BrokenPipe) Console.Error.Write(Summary.Render(figures));
            if (stats is not null && !TryWriteStats(figures, stats)) code = ExitCode.Error;
            return ran != ExitCode.Done ? ran : code;
        }
    }

    private static FileStream Create(string file) => new(file, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);

    private static bool TryWriteStats(RunFigures figures, FileStream stats)
    {
        try
        {
            StatsDocument.Write(figures, stats);
            return true;
        }
        catch (IOException e)
        {
            string fault = TerminalText.Escape($"{stats.Name} cannot be written: {FailureText.Of(e)}");
            Console.Error.WriteLine($"streams replay: --stats: {fault}");
            return false;
        }
    }

    private static int? Shards(ArgumentResult given)
    {
        string text = given.Tokens[0].Value;
        if (int.TryParse(text, out int shards) && shards is >= 1 and <= 256) return shards;
        given.AddError($"{text} is no whole number from 1 to 256");
        return null;
    }
}
