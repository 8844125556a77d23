namespace Streams.Events;

/// <summary>A process that was there before we looked: a document with <c>process.*</c> and <c>user.*</c>.</summary>
public sealed class ProcessSnapshot(string host, string collector, DateTimeOffset occurred, ulong serial, ReadOnlyMemory<byte> json)
    : DocumentEvent(host, collector, occurred, serial, json)
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.ProcessSnapshot;
}
