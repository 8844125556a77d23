using Streams.Audit;
using Streams.Host.CommandLine;
using Streams.Host.Configuration;
using Streams.Host.Output;

namespace Streams.Host.Commands;

/// <summary>Says on standard error what could not be read or loaded.</summary>
internal static class FileMessages
{
    /// <summary>Reports the configuration's mistakes.</summary>
    /// <returns>Whether there are any.</returns>
    public static bool Report(IReadOnlyList<Problem> problems)
    {
        foreach (Problem problem in problems) Console.Error.WriteLine($"streams: {TerminalText.Escape(problem.ToString())}");
        return problems.Count > 0;
    }

    /// <summary>Reports the files that could not be read.</summary>
    /// <returns>The exit code that this asks for.</returns>
    public static int Report(LogStatistics statistics)
    {
        IReadOnlyList<LogError> errors = statistics.Errors;
        foreach (LogError error in errors) Console.Error.WriteLine($"streams: {TerminalText.Escape($"{error.Path}: {error.What}; {error.Remedy}")}");
        return errors.Count > 0 ? ExitCode.Error : ExitCode.Done;
    }
}
