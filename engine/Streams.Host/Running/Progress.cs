using System.Diagnostics;
using Streams.Host.Output;

namespace Streams.Host.Running;

/// <summary>The line on the terminal that says how far a run has come; nothing where standard error is no terminal.</summary>
/// <param name="render">Makes the line, of the time since the start and the terminal's columns.</param>
/// <param name="pause">How long a line stands at least.</param>
internal sealed class Progress(Func<TimeSpan, int, string> render, TimeSpan pause)
{
    private readonly bool _isShown = Terminal.IsError;
    private readonly long _started = Stopwatch.GetTimestamp();
    private TimeSpan _next;
    private bool _isDrawn;

    /// <summary>Draws the line, when the last time is a while ago.</summary>
    public void Draw()
    {
        if (!_isShown) return;
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_started);
        if (elapsed < _next) return;
        _next = elapsed + pause;
        _isDrawn = true;
        Console.Error.Write($"\r{render(elapsed, Terminal.Columns)}\u001b[K");
    }

    /// <summary>Takes the line away, so that something else can be written.</summary>
    public void Clear()
    {
        if (!_isDrawn) return;
        _isDrawn = false;
        Console.Error.Write("\r\u001b[K");
    }
}
