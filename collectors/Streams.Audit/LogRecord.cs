using Streams.Events.Tables;

namespace Streams.Audit;

/// <summary>One record of a log, as spans over its line.</summary>
public readonly ref struct LogRecord
{
    /// <summary>The host: what <c>node=</c> says, else the host of the syslog line around it, else empty.</summary>
    public ReadOnlySpan<byte> Node { get; init; }

    /// <summary>The type; <see cref="RecordType.None"/> when its name is unknown.</summary>
    public RecordType Type { get; init; }

    /// <summary>When the event began, milliseconds since 1970 UTC.</summary>
    public long Time { get; init; }

    /// <summary>The serial of the event.</summary>
    public uint Serial { get; init; }

    /// <summary>What follows the stamp, its colon and one space.</summary>
    public ReadOnlySpan<byte> Text { get; init; }
}
