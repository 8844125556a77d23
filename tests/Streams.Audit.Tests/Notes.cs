using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Streams.Audit.Tests;

/// <summary>What the operator is told.</summary>
internal sealed class Notes : ILogger
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    /// <summary>What has been told and not been taken.</summary>
    public IEnumerable<string> Taken
    {
        get
        {
            while (_lines.Reader.TryRead(out string? line)) yield return line;
        }
    }

    /// <summary>Waits for the next line.</summary>
    public Task<string> Next() => _lines.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        _lines.Writer.TryWrite(formatter(state, exception));
}
