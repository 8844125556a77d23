using System.CommandLine;
using System.CommandLine.Help;
using Streams.Events;
using Streams.Host.Commands;
using Streams.Host.Output;

namespace Streams.Host.CommandLine;

/// <summary>The program's commands and options.</summary>
internal static class StreamsCommand
{
    /// <summary>Runs a command line and returns its exit code.</summary>
    public static int Run(string[] args)
    {
        RootCommand root = Make();
        ParseResult parsed = root.Parse(QueryNames.Spread(args, Path.Exists), new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (args.Length == 0)
        {
            root.Parse("--help").Invoke(new InvocationConfiguration { Output = Console.Error, EnableDefaultExceptionHandler = false });
            return ExitCode.Error;
        }

        if (parsed.Action is not HelpWithExamples && UsageError.In(parsed) is { } problem)
        {
            Console.Error.WriteLine(problem);
            return ExitCode.Error;
        }

        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (BrokenPipeException)
        {
            return ExitCode.BrokenPipe;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What is read is guarded where it is read; what is left is a full disk below standard output, or that it was closed.
            string reason = e is IOException ? TerminalText.Escape(FailureText.Of(e)) : "it is not open for writing";
            Console.Error.WriteLine($"streams: the output cannot be written: {reason}");
            return ExitCode.Error;
        }
    }

    private static RootCommand Make()
    {
        var shared = new SharedOptions();
        var root = new RootCommand("Detects the compromise of Linux servers from kernel audit records and file changes.")
        {
            RunCommand.Make(shared),
            StatusCommand.Make(shared),
            ReplayCommand.Make(shared),
            EventsCommand.Make(shared),
            TestCommand.Make(shared),
            CheckCommand.Make(shared),
            QueriesCommand.Make(shared),
            RulesCommand.Make(shared),
            AuditCommand.Make(shared),
        };
        shared.AddTo(root);
        foreach (Option option in root.Options)
        {
            if (option is HelpOption { Action: HelpAction usual } help) help.Action = new HelpWithExamples(usual);
        }

        return root;
    }
}
