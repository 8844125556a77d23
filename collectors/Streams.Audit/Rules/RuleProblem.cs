namespace Streams.Audit.Rules;

/// <summary>Something wrong with a rule: where, what, and what to do.</summary>
/// <param name="File">The file, or what else the rule stands in.</param>
/// <param name="Line">From 1; 0 when the whole file is meant.</param>
/// <param name="Column">From 1; 0 when the whole line is meant.</param>
/// <param name="IsError">Whether the rule, or the file, is left out; else it is only not all that was meant.</param>
/// <param name="Message">What is wrong and what to do.</param>
public sealed record RuleProblem(string File, int Line, int Column, bool IsError, string Message)
{
    /// <summary>As compilers write it, so that editors find the place.</summary>
    public override string ToString()
    {
        string place = (Line, Column) switch
        {
            (0, _) => File,
            (_, 0) => $"{File}:{Line}",
            _ => $"{File}:{Line}:{Column}",
        };
        return $"{place}: {(IsError ? "" : "warning: ")}{Message}";
    }
}
