using System.Globalization;

namespace Streams.Scripting;

/// <summary>What is wrong with a script, where, and what to do.</summary>
/// <param name="File">The file's path: the queries folder as it was given, and the file in it.</param>
/// <param name="Line">From 1; 0 when the whole file is meant.</param>
/// <param name="Column">From 1; 0 when it is not known.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Remedy">What to do; null where the message says it.</param>
public sealed record ScriptError(string File, int Line, int Column, string Message, string? Remedy = null)
{
    /// <summary><c>file(line,column): message; remedy</c>.</summary>
    public override string ToString()
    {
        string place = Line == 0 ? File
            : Column == 0 ? string.Create(CultureInfo.InvariantCulture, $"{File}({Line})")
            : string.Create(CultureInfo.InvariantCulture, $"{File}({Line},{Column})");
        return Remedy is null ? $"{place}: {Message}" : $"{place}: {Message}; {Remedy}";
    }
}
