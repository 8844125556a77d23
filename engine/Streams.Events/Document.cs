namespace Streams.Events;

/// <summary>
/// Anything else that came in, or that a collector has found out about itself (<c>event.module: streams</c>, for instance
/// <c>event.action: audit-rule-missing</c>).
/// </summary>
public sealed class Document(string host, string collector, DateTimeOffset occurred, ulong serial, ReadOnlyMemory<byte> json)
    : DocumentEvent(host, collector, occurred, serial, json)
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.Document;

    /// <summary>What it tells: <c>event.action</c>; null when it does not say.</summary>
    public string? Action => Text("event.action");
}
