namespace Streams.Host.Configuration;

/// <summary>Something wrong in a file: where, what, and what to do.</summary>
/// <param name="File">The file, as it was named.</param>
/// <param name="Line">From 1; 0 when the whole file is meant.</param>
/// <param name="Column">From 1; 0 when the whole line is meant.</param>
/// <param name="Message">What is wrong and what to do.</param>
internal sealed record Problem(string File, int Line, int Column, string Message)
{
    /// <summary>As compilers write it, so that editors find the place.</summary>
    public override string ToString() => (Line, Column) switch
    {
        (0, _) => $"{File}: {Message}",
        (_, 0) => $"{File}:{Line}: {Message}",
        _ => $"{File}:{Line}:{Column}: {Message}",
    };
}
