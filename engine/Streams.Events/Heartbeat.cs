using System.Buffers;

namespace Streams.Events;

/// <summary>A host is alive, and its collector has told all that occurred up to a time.</summary>
/// <param name="host">The node.</param>
/// <param name="collector">The collector.</param>
/// <param name="toldUpTo">All that occurred up to here has been told.</param>
/// <param name="serial">The collector's counter.</param>
/// <param name="counters">
/// What the collector has counted since it started, by name (<c>records</c>, <c>lost.kernel</c>); null for none.
/// </param>
public sealed class Heartbeat(
    string host, string collector, DateTimeOffset toldUpTo, ulong serial, IReadOnlyList<KeyValuePair<string, long>>? counters = null)
    : Event(host, collector, toldUpTo, serial)
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.Heartbeat;

    /// <summary>What the collector has counted since it started.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Counters { get; } = counters ?? [];

    /// <inheritdoc/>
    public override FieldValue this[Field field]
    {
        get
        {
            const string prefix = "streams.heartbeat.";
            if (!field.Name.StartsWith(prefix, StringComparison.Ordinal)) return CommonFields.Read(this, field, "heartbeat");
            foreach ((string name, long value) in Counters)
            {
                if (field.Name.AsSpan(prefix.Length).SequenceEqual(name)) return FieldValue.From(value);
            }

            return FieldValue.Missing;
        }
    }

    /// <inheritdoc/>
    public override void WriteDocument(IBufferWriter<byte> output, bool original = false) =>
        CommonFields.Write(this, output, "heartbeat", [.. Counters.Select(c => (c.Key, FieldValue.From(c.Value)))]);
}
