using System.Globalization;
using Streams.Events.Decoding;

namespace Streams.Events;

/// <summary>A process that was there before we looked: a document with <c>process.*</c> and <c>user.*</c>.</summary>
public sealed class ProcessSnapshot(string host, string collector, DateTimeOffset occurred, ulong serial, ReadOnlyMemory<byte> json)
    : DocumentEvent(host, collector, occurred, serial, json)
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.ProcessSnapshot;

    /// <summary>The process id; 0 when the document has none.</summary>
    public int Pid => Number("process.pid");

    /// <summary>The parent's process id; 0 when the document has none.</summary>
    public int ParentPid => Number("process.parent.pid");

    /// <summary>The program's file.</summary>
    public string? Executable => Text("process.executable");

    /// <summary>The arguments it was started with.</summary>
    public IReadOnlyList<string> Args => Fields.Texts(Read("process.args"));

    /// <summary>As whom it runs: the user's name, else the id.</summary>
    public string? User => Text("user.name") ?? Text("user.id");

    private int Number(string name) =>
        int.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
}
