using System.CommandLine;
using System.CommandLine.Parsing;
using Streams.Audit;
using Streams.Host.CommandLine;
using Streams.Host.Configuration;
using Streams.Host.Running;

namespace Streams.Host.Commands;

/// <summary>What says which logs are read and how: the paths, <c>--host</c>, <c>--from</c>, <c>--to</c>.</summary>
internal sealed class LogInput
{
    private readonly Argument<string[]> _paths = new("PATH")
    {
        Description = "Audit logs: files (also .gz and .zst), folders with rotated logs, or - for standard input; "
            + "or a recording of `run --record`.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _host = new("--host")
    {
        Description = "The host of records that name none; by default the configuration's.",
        HelpName = "NAME",
    };

    private readonly Option<DateTimeOffset?> _from = new("--from")
    {
        Description = "Only what occurred then or later: 2026-01-31, 2026-01-31T12:00:00Z; without a zone, UTC.",
        HelpName = "TIME",
        CustomParser = Time,
    };

    private readonly Option<DateTimeOffset?> _to = new("--to")
    {
        Description = "Only what occurred before.",
        HelpName = "TIME",
        CustomParser = Time,
    };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_paths);
        command.Add(_host);
        command.Add(_from);
        command.Add(_to);
        command.Validators.Add(given =>
        {
            if (Bound(given, _from) is { } from && Bound(given, _to) is { } to && to <= from)
                given.AddError("--to must be later than --from");
        });
    }

    /// <summary>The source of what the command line names; null, with a message, when that makes no sense.</summary>
    public InputSource? Source(ParseResult parsed, Settings settings)
    {
        string[] paths = parsed.GetValue(_paths)!;
        if (paths.Contains("-") && !Console.IsInputRedirected)
            Console.Error.WriteLine("streams: reading records from standard input, which is this terminal; Ctrl-D ends it");
        DateTimeOffset? from = parsed.GetValue(_from), to = parsed.GetValue(_to);
        if (Array.Find(paths, RecordingInputSource.IsRecording) is not { } recording)
        {
            string host = parsed.GetValue(_host) ?? settings.Host ?? "localhost";
            return new LogInputSource(new AuditLogReader(paths, new LogOptions { Host = host, From = from, To = to }));
        }

        if (paths.Length == 1) return new RecordingInputSource(recording, from, to);
        Console.Error.WriteLine(
            $"streams: {recording} is the recording of a run, which has an order and a clock of its own: name it alone");
        return null;
    }

    // Reading the option's value would throw where the text is no time, which is reported as that option's error.
    private static DateTimeOffset? Bound(CommandResult given, Option option) =>
        given.GetResult(option)?.Tokens is [var text, ..] && Times.TryParse(text.Value, out DateTimeOffset time) ? time : null;

    private static DateTimeOffset? Time(ArgumentResult given)
    {
        string text = given.Tokens[0].Value;
        if (Times.TryParse(text, out DateTimeOffset time)) return time;
        given.AddError($"{text} is no time such as 2026-01-31 or 2026-01-31T12:00:00Z");
        return null;
    }
}
