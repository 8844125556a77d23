using Streams.Events.Tables;

namespace Streams.Events;

/// <summary>One record of an event: its type and its text as the kernel or a program wrote it.</summary>
/// <param name="type">The type.</param>
/// <param name="text">What follows <c>msg=audit(…):</c> and its space; after a 0x1D byte what an ENRICHED log added.</param>
public readonly ref partial struct AuditRecord(RecordType type, ReadOnlySpan<byte> text)
{
    /// <summary>The type.</summary>
    public RecordType Type { get; } = type;

    /// <summary>What follows <c>msg=audit(…):</c> and its space; after a 0x1D byte what an ENRICHED log added.</summary>
    public ReadOnlySpan<byte> Text { get; } = text;
}
