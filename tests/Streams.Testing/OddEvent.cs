using System.Buffers;
using Streams.Events;

namespace Streams.Testing;

/// <summary>An event of which every reader fails, to show that a fault stays with its event.</summary>
/// <param name="occurred">When it occurred.</param>
/// <param name="serial">The serial.</param>
/// <param name="failsAtDelivery">Whether it fails as soon as it is to be delivered; else when it is read or written.</param>
public sealed class OddEvent(DateTimeOffset occurred, ulong serial, bool failsAtDelivery = false) : Event("web-01", "odd", occurred, serial)
{
    /// <inheritdoc/>
    public override EventKind Kind => failsAtDelivery ? throw new InvalidOperationException("odd") : EventKind.Document;

    /// <inheritdoc/>
    public override FieldValue this[Field field] => throw new InvalidOperationException("odd");

    /// <inheritdoc/>
    public override void WriteDocument(IBufferWriter<byte> output, bool original = false)
    {
        output.Write("{\"half\":"u8);
        throw new InvalidOperationException("odd");
    }
}
