using System.Runtime.InteropServices;

namespace Streams.Host.Running;

/// <summary>
/// Ctrl-C, SIGTERM and a closed terminal ask the run to end; a second signal, or a run that does not end, ends the program.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    // A write to a pipe that nobody empties cannot be interrupted.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _signals;
    private Timer? _end;

    /// <summary>Listens from now on.</summary>
    public StopSignals()
    {
        _signals =
        [
            Register(PosixSignal.SIGINT, CommandLine.ExitCode.Interrupted),
            Register(PosixSignal.SIGTERM, CommandLine.ExitCode.Terminated),
            Register(PosixSignal.SIGHUP, CommandLine.ExitCode.HungUp),
        ];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>The exit code that the signal asks for; 0 before there was one.</summary>
    public int ExitCode { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals) signal.Dispose();
        _end?.Dispose();
        _stop.Dispose();
    }

    private PosixSignalRegistration Register(PosixSignal signal, int exitCode) =>
        PosixSignalRegistration.Create(signal, context => Stop(context, exitCode));

    private void Stop(PosixSignalContext signal, int exitCode)
    {
        if (_stop.IsCancellationRequested) return;
        signal.Cancel = true;
        ExitCode = exitCode;
        _end = new Timer(_ => Environment.Exit(exitCode), null, Grace, Timeout.InfiniteTimeSpan);
        _stop.Cancel();
    }
}
