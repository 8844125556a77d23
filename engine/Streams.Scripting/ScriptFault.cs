using System.Diagnostics;
using System.Runtime.Loader;
using Streams.Events;

namespace Streams.Scripting;

/// <summary>Where in a script an exception came from.</summary>
public static class ScriptFault
{
    /// <summary>
    /// The exception in one line, with the place in the script: <c>new-process.csx(12,9): DivideByZeroException: …</c>; without a
    /// place when no script is involved.
    /// </summary>
    public static string Describe(Exception exception)
    {
        (string? file, int line, int column) = Place(exception);
        string what = What(exception);
        return file is null ? what : new ScriptError(file, line, column, what).ToString();
    }

    /// <summary>The exception as an error at its place in a script, or where it is thought to be when no script is involved.</summary>
    internal static ScriptError Locate(Exception exception, Func<string, string> show, ScriptError otherwise)
    {
        (string? file, int line, int column) = Place(exception);
        ScriptError error = otherwise with { Message = What(exception) };
        return file is null ? error : error with { File = show(file), Line = line, Column = column };
    }

    /// <summary>
    /// The exception in words. The engine's own exceptions speak to whoever wrote the script; of others the type says more than their text.
    /// </summary>
    public static string What(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        bool isPlain = exception.GetType().Assembly == typeof(Engine.QueryScript).Assembly
            || exception is InvalidOperationException or ArgumentException or InsufficientExecutionStackException;
        return isPlain ? FailureText.Of(exception) : $"{exception.GetType().Name}: {FailureText.Of(exception)}";
    }

    // The innermost frame in a script: what it called may be anything, but the script is what can be put right.
    private static (string? File, int Line, int Column) Place(Exception exception)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            foreach (StackFrame frame in new StackTrace(e, fNeedFileInfo: true).GetFrames())
            {
                if (frame.GetFileName() is { } file && frame.GetMethod()?.Module.Assembly is { } assembly
                    && AssemblyLoadContext.GetLoadContext(assembly) is { Name: ScriptLoader.ContextName })
                    return (file, frame.GetFileLineNumber(), frame.GetFileColumnNumber());
            }
        }
        return default;
    }
}
