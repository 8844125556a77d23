namespace Streams.Audit.Rules;

/// <summary>A rule cannot be compiled; the message says what is wrong and what to do.</summary>
internal sealed class RuleException(int column, string message) : Exception(message)
{
    /// <summary>Where in the line, from 1; 0 when the whole line is meant.</summary>
    public int Column { get; } = column;
}
