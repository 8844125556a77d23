using Streams.Audit;
using Streams.Host.CommandLine;
using Streams.Host.Configuration;
using Streams.Host.Output;
using Streams.Scripting;

namespace Streams.Host.Commands;

/// <summary>Says on standard error what could not be read or loaded.</summary>
internal static class FileMessages
{
    /// <summary>Reports the configuration's mistakes.</summary>
    /// <returns>Whether there are any.</returns>
    public static bool Report(IReadOnlyList<Problem> problems)
    {
        foreach (Problem problem in problems)
        {
            Console.Error.WriteLine($"streams: {TerminalText.Escape((problem with { File = FileText.Shown(problem.File) }).ToString())}");
        }

        return problems.Count > 0;
    }

    /// <summary>Reports what is wrong with the scripts.</summary>
    /// <returns>The exit code that this asks for.</returns>
    public static int Report(LoadResult scripts)
    {
        foreach (ScriptError notice in scripts.Notices)
            Console.Error.WriteLine($"streams: warning: {TerminalText.Escape(ProblemOf(notice).ToString())}");
        foreach (ScriptError error in scripts.Errors.Distinct())
            Console.Error.WriteLine($"streams: {TerminalText.Escape(ProblemOf(error).ToString())}");
        return scripts.Errors.Count > 0 ? ExitCode.Error : ExitCode.Done;
    }

    /// <summary>A script's error in the form of all others.</summary>
    public static Problem ProblemOf(ScriptError error) => new(
        FileText.Shown(error.File),
        error.Line,
        error.Column,
        error.Remedy is null ? error.Message : $"{error.Message}; {error.Remedy}");

    /// <summary>Reports the files that could not be read.</summary>
    /// <returns>The exit code that this asks for.</returns>
    public static int Report(LogStatistics statistics)
    {
        IReadOnlyList<LogError> errors = statistics.Errors;
        foreach (LogError error in errors)
        {
            string path = error.Path == "-" ? "standard input" : error.Path;
            Console.Error.WriteLine($"streams: {TerminalText.Escape($"{path}: {error.What}; {error.Remedy}")}");
        }

        return errors.Count > 0 ? ExitCode.Error : ExitCode.Done;
    }
}
