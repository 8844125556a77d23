using Microsoft.Extensions.Logging;
using Streams.Host.Output;
using Streams.Host.Running;

namespace Streams.Host.Live;

/// <summary>
/// Tells the operator what is logged, a line each: warnings are what was recovered from, errors are lost evidence or alerts.
/// </summary>
/// <param name="lines">Takes the lines.</param>
internal sealed class OperatorLog(OperatorLines lines) : ILogger
{
    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        string level = logLevel switch { LogLevel.Warning => "warning: ", >= LogLevel.Error => "error: ", _ => "" };
        string cause = exception is null ? "" : $": {TerminalText.Escape(Events.FailureText.Of(exception), 500)}";
        lines.Add($"streams: {level}{TerminalText.Escape(formatter(state, exception), 2000)}{cause}");
    }
}
