using System.Diagnostics;
using Streams.Host.Output;

namespace Streams.Host.Running;

/// <summary>
/// The line on the terminal that says how far a run has come; nothing where standard error is no terminal. Safe for several threads.
/// </summary>
/// <param name="render">Makes the line, of the time since the start and the terminal's columns.</param>
/// <param name="pause">How long a line stands at least.</param>
internal sealed class Progress(Func<TimeSpan, int, string> render, TimeSpan pause)
{
    // A terminal that is paused holds whoever writes to it: others do not wait for long to tidy up.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly bool _isShown = Terminal.HasProgress;
    private readonly long _started = Stopwatch.GetTimestamp();
    private TimeSpan _next;
    private bool _isDrawn;

    /// <summary>Draws the line, when the last time is a while ago and nobody is writing.</summary>
    public void Draw()
    {
        if (!_isShown || !_gate.TryEnter()) return;
        try
        {
            TimeSpan elapsed = Stopwatch.GetElapsedTime(_started);
            if (elapsed < _next) return;
            _next = elapsed + pause;
            _isDrawn = true;
            Console.Error.Write($"\r{render(elapsed, Terminal.Columns)}\u001b[K");
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Takes the line away.</summary>
    public void Clear() => Without(() => { });

    /// <summary>Takes the line away and keeps it away while something else is written.</summary>
    public void Without(Action write)
    {
        bool hasEntered = _gate.TryEnter(Patience);
        try
        {
            if (hasEntered && _isDrawn)
            {
                _isDrawn = false;
                Console.Error.Write("\r\u001b[K");
            }

            write();
        }
        finally
        {
            if (hasEntered) _gate.Exit();
        }
    }
}
