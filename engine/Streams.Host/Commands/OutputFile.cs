using Streams.Events;
using Streams.Host.Output;

namespace Streams.Host.Commands;

/// <summary>
/// Files that a command line names to be written. They are opened at the beginning, so that a day's run is not lost to a misspelt folder.
/// </summary>
internal static class OutputFile
{
    /// <summary>Opens one.</summary>
    /// <param name="command">The command, for the message.</param>
    /// <param name="option">The option that names the file.</param>
    /// <param name="file">The file; null for none.</param>
    /// <param name="open">Opens it.</param>
    /// <param name="opened">What was opened; null for none.</param>
    /// <returns>False, with a message, when it cannot be written.</returns>
    public static bool TryOpen<T>(string command, string option, string? file, Func<string, T> open, out T? opened)
        where T : class
    {
        opened = null;
        if (file is null) return true;
        string? fault;
        try
        {
            fault = Fault(file);
            if (fault is null) opened = open(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            fault = $"cannot be written: {FailureText.Of(e)}; name another file";
        }

        if (fault is not null) Console.Error.WriteLine($"streams {command}: {option}: {TerminalText.Escape($"{file} {fault}")}");
        return fault is null;
    }

    private static string? Fault(string file)
    {
        if (file == "-") return "is no file, and standard output is for the alerts; name a file, or ./- for one of that name";
        if (Directory.Exists(file)) return "is a folder; name a file in it";
        string? folder = Path.GetDirectoryName(Path.GetFullPath(file));
        return folder is null || Directory.Exists(folder)
            ? null
            : $"cannot be written: there is no folder {folder}; make it, or name another file";
    }
}
