using Streams.Scripting;

namespace Streams.Host.CommandLine;

/// <summary>Whose files a command takes when it runs as root: docs/adr/0010-whose-files-root-takes.md.</summary>
internal static class Trust
{
    /// <summary>
    /// For a run, which is what guards the machine: root's, and those of the user who invoked it by sudo. Null for another user than root,
    /// who may be held to nothing.
    /// </summary>
    public static TrustedPath? ForRun => Environment.IsPrivilegedProcess ? TrustedPath.OfThisProcess : null;

    /// <summary>
    /// For a command that a person runs over data, and that runs scripts: also of who owns the program itself. A user who may replace the
    /// program decides what it does anyway.
    /// </summary>
    public static TrustedPath? ForScripts => Environment.IsPrivilegedProcess
        ? TrustedPath.OfThisProcess.And(TrustedPath.OwnersOf(Environment.ProcessPath ?? AppContext.BaseDirectory))
        : null;

    /// <summary>For a command that runs no script: its configuration says nothing that root would do.</summary>
    public static TrustedPath? ForData => null;
}
