using System.Diagnostics;
using System.Globalization;

namespace Streams.Host.Running;

/// <summary>Where in a script an exception was thrown.</summary>
internal static class ScriptPlace
{
    /// <summary>The innermost place that stands in a script, as <c>file:line:column</c>; null when there is none.</summary>
    public static string? Of(Exception exception)
    {
        foreach (StackFrame frame in new StackTrace(exception, fNeedFileInfo: true).GetFrames())
        {
            if (frame.GetFileName() is { } file && file.EndsWith(".csx", StringComparison.Ordinal))
            {
                return string.Create(CultureInfo.InvariantCulture, $"{file}:{frame.GetFileLineNumber()}:{frame.GetFileColumnNumber()}");
            }
        }

        return null;
    }
}
