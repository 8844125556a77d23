using System.Globalization;
using Streams.Events.Decoding;

namespace Streams.Events;

/// <summary>
/// One change of a file, as the file-integrity watcher saw it: a document of Auditbeat's <c>file_integrity</c> module.
/// </summary>
public sealed class FileEvent(string host, string collector, DateTimeOffset occurred, ulong serial, ReadOnlyMemory<byte> json)
    : DocumentEvent(host, collector, occurred, serial, json)
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.File;

    /// <summary>The path of the file, absolute; of a move, the new one.</summary>
    public string Path => Text("file.path") ?? "";

    /// <summary>Of a move, the path it had before; null otherwise.</summary>
    public string? MovedFrom => Text("file.origin_path");

    /// <summary>
    /// What happened, in Auditbeat's words: <c>created</c>, <c>updated</c>, <c>deleted</c>, <c>moved</c>, <c>attributes_modified</c>,
    /// <c>config_change</c>, <c>initial_scan</c>.
    /// </summary>
    public IReadOnlyList<string> Actions => Fields.Texts(Read("event.action"));

    /// <summary>Whether a scan of what is there made it, for the first time: nothing has changed.</summary>
    public bool IsInitialScan => Actions.Contains("initial_scan");

    /// <summary>Whether the package manager made the change: <c>streams.file.package_manager</c>.</summary>
    public bool IsByPackageManager => Read("streams.file.package_manager").Truth;

    /// <summary>The process that made the change, where that is known; 0 otherwise.</summary>
    public int ProcessId => int.TryParse(Text("process.pid"), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? pid : 0;

    /// <summary>The program that made the change, where that is known.</summary>
    public string? ProcessExecutable => Text("process.executable");
}
