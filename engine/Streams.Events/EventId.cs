using System.Globalization;

namespace Streams.Events;

/// <summary>What identifies an event for ever: its host, when it occurred, and its serial there.</summary>
/// <param name="Host">The node's name as the records or the collector give it.</param>
/// <param name="Occurred">UTC; the kernel's stamps have milliseconds.</param>
/// <param name="Serial">The kernel's serial (32 bits, wraps), or the collector's own counter.</param>
public readonly record struct EventId(string Host, DateTimeOffset Occurred, ulong Serial) : IComparable<EventId>
{
    /// <summary>The order within a host: (occurred, serial). Stamps tie and CPUs interleave, so neither alone is an order.</summary>
    public int CompareTo(EventId other)
    {
        int byTime = Occurred.CompareTo(other.Occurred);
        if (byTime != 0) return byTime;
        int bySerial = Serial.CompareTo(other.Serial);
        return bySerial != 0 ? bySerial : string.CompareOrdinal(Host, other.Host);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Host}({Occurred.ToUnixTimeMilliseconds() / 1000}.{Occurred.Millisecond:000}:{Serial})");

    /// <summary>Whether the left event comes before the right one.</summary>
    public static bool operator <(EventId left, EventId right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left event comes after the right one.</summary>
    public static bool operator >(EventId left, EventId right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left event comes before the right one or is it.</summary>
    public static bool operator <=(EventId left, EventId right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left event comes after the right one or is it.</summary>
    public static bool operator >=(EventId left, EventId right) => left.CompareTo(right) >= 0;
}
