using Microsoft.Extensions.Logging;
using Streams.Host.Output;

namespace Streams.Host.Live;

/// <summary>Writes what is logged to standard error, a line each: warnings are what was recovered from, errors are lost evidence or alerts.</summary>
/// <param name="before">Called before a line is written, to take a progress line away.</param>
internal sealed class OperatorLog(Action before) : ILogger
{
    private readonly Lock _gate = new();

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        string level = logLevel switch { LogLevel.Warning => "warning: ", >= LogLevel.Error => "error: ", _ => "" };
        string text = $"streams: {level}{TerminalText.Escape(formatter(state, exception), 2000)}{(exception is null ? "" : $": {TerminalText.Escape(exception.Message, 500)}")}";
        lock (_gate)
        {
            before();
            Console.Error.WriteLine(text);
        }
    }
}
