using Streams.Events;

namespace Streams.Audit;

/// <summary>What a collector on the host itself adds to an event of the kernel's before it leaves.</summary>
public interface IEventAdditions
{
    /// <summary>An event is complete: may append one record of <see cref="Streams.Events.Tables.RecordType.StreamsProcess"/>.</summary>
    /// <param name="records">Its records.</param>
    /// <param name="time">The stamp of its records, milliseconds since 1970 UTC.</param>
    /// <returns>False for an event of the collector's own doing, which is not given out.</returns>
    bool AddTo(AuditEventBuilder records, long time);

    /// <summary>What it has counted, by name. May be read from any thread.</summary>
    IReadOnlyList<KeyValuePair<string, long>> Counters { get; }
}
