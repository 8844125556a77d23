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

    /// <summary>Whether something happened to the file, and not only to what the watcher knew or was told to look at.</summary>
    public bool IsChange => !IsInitialScan && Actions.Any(action => action != "config_change");

    /// <summary>Whether the package manager made the change: <c>streams.file.package_manager</c>.</summary>
    public bool IsByPackageManager => Read("streams.file.package_manager").Truth;

    /// <summary>The file after the change, as <c>file.*</c> tells; of one that was deleted, as it last was.</summary>
    public FileVersion After => new(this, FileVersion.Now);

    /// <summary>The file before the change: <c>streams.file.before.*</c>; it says nothing of one that was created.</summary>
    public FileVersion Before => new(this, FileVersion.Earlier);

    /// <summary>
    /// What is different from before: <c>streams.file.changed</c>, the names of fields of <c>file.*</c> (<c>hash.sha256</c>, <c>mode</c>,
    /// <c>uid</c>, <c>inode</c>, <c>mtime</c>, <c>attributes.security.capability</c>); empty where the file before is not known.
    /// </summary>
    public IReadOnlyList<string> Changed => Fields.Texts(Read("streams.file.changed"));

    /// <summary>The process that made the change, where that is known; 0 otherwise.</summary>
    public int ProcessId => int.TryParse(Text("process.pid"), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? pid : 0;

    /// <summary>The program that made the change, where that is known.</summary>
    public string? ProcessExecutable => Text("process.executable");

    /// <summary>Who made the change, where that is known: the user's name, else the id.</summary>
    public string? User => Text("user.name") ?? Text("user.id");
}
