using System.ComponentModel;
using System.Text.Json;

namespace Streams.Events;

/// <summary>
/// Why something failed, in words for people: the end of a sentence that has said what failed, and of which file. What the runtime adds for
/// programmers, such as names of parameters, and the path once more, is left out.
/// </summary>
public static class FailureText
{
    private const int NoEntry = 2, AccessDenied = 13, ExecFormat = 8; // ENOENT, EACCES, ENOEXEC: asm-generic/errno-base.h

    /// <summary>The reason, without a full stop.</summary>
    public static string Of(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return (error switch
        {
            AggregateException { InnerExceptions: [var only] } => Of(only),
            { InnerException: { } inner } when error.Message.Contains("see inner exception", StringComparison.Ordinal) => Of(inner),
            UnauthorizedAccessException => "this user has no permission",
            FileNotFoundException => "there is no such file",
            DirectoryNotFoundException => "there is no such file or folder",
            EndOfStreamException => "it ends too early",
            InsufficientExecutionStackException => "a function calls itself without end, or too often for the stack",
            ArgumentNullException { ParamName: { } name } => $"{name} is null",
            ArgumentException argument => Before(argument.Message, " (Parameter '", "\nActual value"),
            JsonException json => Before(json.Message, " LineNumber:", " Path: $"),
            Win32Exception { NativeErrorCode: NoEntry } => "there is no such program",
            Win32Exception { NativeErrorCode: AccessDenied } => "this user may not run it, or it is not executable",
            Win32Exception { NativeErrorCode: ExecFormat } => "it is neither a program nor a script that begins with #!",
            IOException io when io.Message.Contains("used by another process", StringComparison.Ordinal) => "another process holds it",
            // The runtime puts the path behind what the system says: "No space left on device : '/path'".
            IOException io => Before(io.Message, " : '"),
            _ => error.Message,
        }).TrimEnd('.');
    }

    private static string Before(string message, params ReadOnlySpan<string> ends)
    {
        foreach (string end in ends)
        {
            int at = message.IndexOf(end, StringComparison.Ordinal);
            if (at > 0) message = message[..at];
        }

        return message;
    }
}
