using System.Runtime.InteropServices;

namespace Streams.Host.Running;

/// <summary>Ctrl-C and SIGTERM ask the run to end; a second one, or a run that does not end, ends the program.</summary>
internal sealed class StopSignals : IDisposable
{
    // A write to a pipe that nobody empties cannot be interrupted.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private Timer? _end;

    /// <summary>Listens from now on.</summary>
    public StopSignals()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, CommandLine.ExitCode.Interrupted));
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, CommandLine.ExitCode.Terminated));
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>The exit code that the signal asks for; 0 before there was one.</summary>
    public int ExitCode { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _end?.Dispose();
        _stop.Dispose();
    }

    private void Stop(PosixSignalContext signal, int exitCode)
    {
        if (_stop.IsCancellationRequested) return;
        signal.Cancel = true;
        ExitCode = exitCode;
        _end = new Timer(_ => Environment.Exit(exitCode), null, Grace, Timeout.InfiniteTimeSpan);
        _stop.Cancel();
    }
}
