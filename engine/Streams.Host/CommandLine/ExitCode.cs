namespace Streams.Host.CommandLine;

/// <summary>What the program's exit code says.</summary>
internal static class ExitCode
{
    /// <summary>All was done.</summary>
    public const int Done = 0;

    /// <summary>An example failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line, a script or a file was wrong; the rest was done.</summary>
    public const int Error = 2;

    /// <summary>Ended by Ctrl-C: 128 and the signal's number, as a shell reports it.</summary>
    public const int Interrupted = 130;

    /// <summary>Ended by SIGHUP: the terminal was closed.</summary>
    public const int HungUp = 129;

    /// <summary>Ended by SIGTERM.</summary>
    public const int Terminated = 143;

    /// <summary>Whoever read the output has gone, as a shell reports SIGPIPE.</summary>
    public const int BrokenPipe = 141;
}
