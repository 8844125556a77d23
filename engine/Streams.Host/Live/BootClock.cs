using System.Runtime.InteropServices;

namespace Streams.Host.Live;

/// <summary>
/// The machine's time. Its timestamps are those of CLOCK_BOOTTIME, which neither a step of the wall clock nor a suspended machine stops or
/// moves (clock_gettime(2)).
/// </summary>
internal sealed partial class BootClock : TimeProvider
{
    // linux/time.h
    private const int ClockMonotonic = 1;
    private const int ClockBootTime = 7;

    /// <summary>How long the machine has been awake since its boot: CLOCK_MONOTONIC, which stands still while it is suspended.</summary>
    public static TimeSpan Awake
    {
        get
        {
            _ = ClockGetTime(ClockMonotonic, out TimeSpec time);
            return TimeSpan.FromTicks(time.Seconds * TimeSpan.TicksPerSecond + time.Nanoseconds / TimeSpan.NanosecondsPerTick);
        }
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => 1_000_000_000;

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        _ = ClockGetTime(ClockBootTime, out TimeSpec time);
        return time.Seconds * 1_000_000_000 + time.Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out TimeSpec time);

    private readonly struct TimeSpec
    {
        public readonly nint Seconds;
        public readonly nint Nanoseconds;
    }
}
