using System.Runtime.InteropServices;

namespace Streams.Host.Running;

/// <summary>
/// Ctrl-C, SIGTERM and a closed terminal ask the run to end; a second signal ends the program at once, and so does a run that does not end.
/// </summary>
internal sealed partial class StopSignals : IDisposable
{
    // Longer than a run takes to end that leaves behind what does not: a write to a pipe that nobody empties cannot be interrupted.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(6);

    private readonly CancellationTokenSource _stop = new();
    private readonly StopRequests _requests = new(TimeProvider.System);
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
        signal.Cancel = true;
        switch (_requests.Add())
        {
            case StopRequest.First:
                ExitCode = exitCode;
                _end = new Timer(_ => ExitAtOnce(exitCode), null, Grace, Timeout.InfiniteTimeSpan);
                _stop.Cancel();
                break;
            case StopRequest.Second:
                ExitAtOnce(exitCode);
                break;
        }
    }

    // Not Environment.Exit: it waits for what holds its lock, and runs what others have asked to run at the end.
    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitAtOnce(int code);
}
