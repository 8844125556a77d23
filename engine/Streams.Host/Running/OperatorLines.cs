using System.Threading.Channels;

namespace Streams.Host.Running;

/// <summary>
/// The lines that a live run has for its operator, on standard error. Whoever adds one never waits: a terminal that is paused must hold up
/// neither the queries nor a collector. When too many wait, newer ones are left out and counted.
/// </summary>
internal sealed class OperatorLines : IDisposable
{
    /// <summary>How many lines may wait.</summary>
    public const int Capacity = 1024;

    private static readonly TimeSpan StopLimit = TimeSpan.FromMilliseconds(500);

    private readonly Channel<string> _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly TextWriter _error;
    private readonly Task _writing;
    private volatile Progress? _progress;
    private long _leftOut;

    /// <summary>Writes from now on.</summary>
    /// <param name="error">Standard error.</param>
    public OperatorLines(TextWriter error)
    {
        _error = error;
        _writing = WriteAll();
    }

    /// <summary>The line below which they stand: it is taken away before one is written. Null for none.</summary>
    public Progress? Progress
    {
        get => _progress;
        set => _progress = value;
    }

    /// <summary>Adds a line, which is safe for a terminal. From any thread; it never waits.</summary>
    public void Add(string line)
    {
        if (!_lines.Writer.TryWrite(line)) Interlocked.Increment(ref _leftOut);
    }

    /// <summary>Lets what waits be written, for a moment.</summary>
    public void Dispose()
    {
        _lines.Writer.TryComplete();
        _writing.Wait(StopLimit);
    }

    private async Task WriteAll()
    {
        while (await _lines.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (_lines.Reader.TryRead(out string? line)) Write(line);
            if (Interlocked.Exchange(ref _leftOut, 0) is > 0 and var leftOut)
                Write(FormattableString.Invariant($"streams: {leftOut:N0} more lines were left out, as nobody took them in time"));
        }
    }

    private void Write(string line)
    {
        try
        {
            if (_progress is { } progress) progress.Without(() => _error.WriteLine(line));
            else _error.WriteLine(line);
        }
        catch (IOException)
        {
            // There is nobody left to tell.
        }
    }
}
