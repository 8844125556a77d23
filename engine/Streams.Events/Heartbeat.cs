using System.Buffers;

namespace Streams.Events;

/// <summary>A host is alive, and its collector has told all that occurred up to a time.</summary>
public sealed class Heartbeat(string host, string collector, DateTimeOffset toldUpTo, ulong serial)
    : Event(host, collector, toldUpTo, serial)
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.Heartbeat;

    /// <inheritdoc/>
    public override FieldValue this[Field field] => CommonFields.Read(this, field, "heartbeat");

    /// <inheritdoc/>
    public override void WriteDocument(IBufferWriter<byte> output, bool original = false) => CommonFields.Write(this, output, "heartbeat", []);
}
