using System.CommandLine;
using Streams.Host.CommandLine;
using Streams.Host.Configuration;
using Streams.Host.Output;
using Streams.Scripting;

namespace Streams.Host.Commands;

/// <summary><c>streams check</c>: are the configuration and the scripts right?</summary>
internal static class CheckCommand
{
    /// <summary>The command.</summary>
    public static Command Make(SharedOptions shared)
    {
        var command = new ExampleCommand("check", "Say what is wrong in the configuration and the queries, with file, line and column.", "./streams check");
        shared.AddQueriesTo(command);
        command.SetAction(parsed => Run(parsed, shared));
        return command;
    }

    private static int Run(ParseResult parsed, SharedOptions shared)
    {
        (Settings settings, IReadOnlyList<Problem> problems) = shared.Settings(parsed);
        using LoadResult scripts = shared.Load(parsed, settings);
        int wrong = 0;
        // Where a wrong configuration leaves us without a folder, that the default is not there either says nothing.
        bool hasFolder = problems.Count == 0 || Directory.Exists(shared.QueriesFolder(parsed, settings));
        IEnumerable<Problem> mistakes = hasFolder ? scripts.Errors.Distinct().Select(FileMessages.ProblemOf) : [];
        foreach (Problem problem in problems.Concat(mistakes))
        {
            Console.Out.WriteLine(TerminalText.Escape(problem.ToString()));
            wrong++;
        }

        foreach (ScriptError notice in scripts.Notices) Console.Error.WriteLine(TerminalText.Escape(FileMessages.ProblemOf(notice).ToString()));
        Console.Error.WriteLine(wrong == 0 ? $"{scripts.Queries.Count} queries, nothing wrong" : wrong == 1 ? "1 mistake" : $"{wrong} mistakes");
        return wrong == 0 ? ExitCode.Done : ExitCode.Error;
    }
}
