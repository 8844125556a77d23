using System.CommandLine;
using System.Runtime.CompilerServices;
using Streams.Engine.QueryStrings;
using Streams.Events;
using Streams.Events.Input;
using Streams.Host.CommandLine;
using Streams.Host.Configuration;
using Streams.Host.Output;
using Streams.Host.Running;

namespace Streams.Host.Commands;

/// <summary><c>streams events</c>: the events of logs as documents.</summary>
internal static class EventsCommand
{
    /// <summary>The command.</summary>
    public static Command Make(SharedOptions shared)
    {
        var input = new LogInput();
        var raw = new Option<bool>("--raw") { Description = "Keep the records as they were written, in event.original." };
        var where = new Option<string?>("--where")
        {
            Description = "Only events that match a query in Lucene syntax, as in Kibana.",
            HelpName = "QUERY",
        };
        var command = new ExampleCommand(
            "events",
            "Print the events of audit logs, one JSON document a line, in the shape that Auditbeat writes.",
            "./streams events samples --where 'auditd.result:fail AND auditd.data.op:PAM*'",
            "./streams events /var/log/audit --from 2026-01-31T12:00 --raw | jq .",
            "ausearch --raw -ts today | ./streams events -");
        input.AddTo(command);
        command.Add(where);
        command.Add(raw);
        command.SetAction(parsed => Run(parsed, shared, input, parsed.GetValue(where), parsed.GetValue(raw)));
        return command;
    }

    // Reading a log cannot feed more.
    private const int MostThreads = 8;

    private static int Run(ParseResult parsed, SharedOptions shared, LogInput input, string? where, bool raw)
    {
        (Settings settings, IReadOnlyList<Problem> problems) = shared.Settings(parsed, Trust.ForData);
        if (FileMessages.Report(problems)) return ExitCode.Error;
        if (!TryFilter(where, out Func<Event, bool>? matches, out UnseenFields? unseen)) return ExitCode.Error;

        if (input.Source(parsed, settings) is not { } source) return ExitCode.Error;
        using var signals = new StopSignals();
        using var output = new StandardOutput();
        var faults = new FaultLog();
        try
        {
            using var writers = new DocumentWriters(Math.Clamp(Environment.ProcessorCount, 1, MostThreads), matches, raw, faults);
            bool ended = source.Run(entry => Pass(entry, writers, output), () => Finish(writers, output), signals.Token);
            Finish(writers, output);
            FaultLines.Report(Console.Error.WriteLine, source.Faults, faults);
            RunFigures figures = source.Figures;
            Console.Error.Write(Summary.Unread(figures with { Faulty = [.. figures.Faulty, .. faults.Counters] }));
            int code = source.Report();
            if (ended && unseen is not null) Report(unseen);
            return ended ? code : signals.ExitCode;
        }
        catch (BrokenPipeException)
        {
            return ExitCode.BrokenPipe;
        }
        catch (IOException e)
        {
            Console.Error.WriteLine($"streams: {e.Message}");
            return ExitCode.Error;
        }
    }

    private static void Pass(InputRecord entry, DocumentWriters writers, StandardOutput output)
    {
        if (entry is not Batch batch) return;
        writers.Add(batch.Events);
        while (writers.IsBusy) Take(writers, output);
    }

    private static void Finish(DocumentWriters writers, StandardOutput output)
    {
        while (writers.Count > 0) Take(writers, output);
        output.Flush();
    }

    private static void Take(DocumentWriters writers, StandardOutput output)
    {
        writers.TakeTo(output.Next);
        output.Written();
    }

    private static void Report(UnseenFields unseen)
    {
        foreach (Field field in unseen.Fields)
        {
            string shown = TerminalText.Escape(field.Name, 200);
            string question = QueryString.MeantBy(field) is { } meant ? $"did you mean {meant}?" : "is it spelt as in the documents?";
            Console.Error.WriteLine($"streams events: warning: --where: no event has a field {shown}; {question}");
        }
    }

    private static bool TryFilter(string? where, out Func<Event, bool>? matches, out UnseenFields? unseen)
    {
        matches = null;
        unseen = null;
        return where is null || TryCompile(where, out matches, out unseen);
    }

    // On its own, so that the engine is not loaded where there is no query.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryCompile(string where, out Func<Event, bool>? matches, out UnseenFields? unseen)
    {
        try
        {
            var query = QueryString.Parse(where);
            Func<Event, bool> isMatch = query.Compile();
            foreach ((string name, string meant) in query.Doubts.Where(doubt => !query.Fields.Contains(Field.Of(doubt.Name))))
            {
                string shown = TerminalText.Escape(name, 200);
                Console.Error.WriteLine($"streams events: warning: --where: nothing is called {shown}; did you mean {meant}?");
            }

            var fields = new UnseenFields(query.Fields);
            matches = shown =>
            {
                fields.Look(shown);
                return isMatch(shown);
            };
            unseen = fields;
            return true;
        }
        catch (QueryStringException e)
        {
            Console.Error.WriteLine($"streams events: --where:\n{e.Rendering}");
            matches = null;
            unseen = null;
            return false;
        }
    }
}
