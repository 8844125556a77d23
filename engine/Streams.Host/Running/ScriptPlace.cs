using System.Diagnostics;
using System.Globalization;
using Streams.Host.Output;

namespace Streams.Host.Running;

/// <summary>Where in a script an exception was thrown.</summary>
internal static class ScriptPlace
{
    /// <summary>The innermost place that stands in a script, as <c>file:line:column</c>; null when there is none.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="folder">The folder of the queries, for the path.</param>
    public static string? Of(Exception exception, string folder)
    {
        foreach (StackFrame frame in new StackTrace(exception, fNeedFileInfo: true).GetFrames())
        {
            if (frame.GetFileName() is { } file && file.EndsWith(".csx", StringComparison.Ordinal))
            {
                string path = FileText.Shown(Path.Combine(folder, file));
                return string.Create(CultureInfo.InvariantCulture, $"{path}:{frame.GetFileLineNumber()}:{frame.GetFileColumnNumber()}");
            }
        }

        return null;
    }
}
