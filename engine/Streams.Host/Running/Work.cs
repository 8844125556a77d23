using System.Runtime.ExceptionServices;

namespace Streams.Host.Running;

/// <summary>Work on a thread of its own, so that whoever has started it can leave it behind when it does not end.</summary>
internal sealed class Work
{
    private readonly Thread _thread;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Starts the work.</summary>
    /// <param name="name">The thread's name.</param>
    /// <param name="work">The work.</param>
    public Work(string name, Action work)
    {
        _thread = new Thread(() => Run(work)) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Is set when the work has ended.</summary>
    public ManualResetEventSlim Ended { get; } = new();

    /// <summary>Waits for some time.</summary>
    /// <returns>Whether the work has ended. What it has thrown is thrown here.</returns>
    public bool Join(TimeSpan patience)
    {
        if (!Ended.Wait(patience)) return false;
        _failure?.Throw();
        return true;
    }

    private void Run(Action work)
    {
        try
        {
            work();
        }
        catch (Exception e)
        {
            _failure = ExceptionDispatchInfo.Capture(e);
        }

        Ended.Set();
    }
}
