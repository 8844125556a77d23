using Streams.Events;

namespace Streams.Host.Live;

/// <summary>
/// Notices when somebody steps the wall clock, by which the kernel stamps its records: the shard clock goes on as it went.
/// </summary>
internal sealed class WallClockWatch(string host, AdmissionClock clock)
{
    // What NTP slews in a second is far below.
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    private TimeSpan _known;
    private ulong _serial;

    /// <summary>An event when the wall clock has been stepped since the last look.</summary>
    public Document? Look()
    {
        TimeSpan step = clock.Step;
        TimeSpan moved = step - _known;
        if (moved.Duration() < Least)
        {
            // Slewing is followed, so that it never adds up to a step.
            _known = step;
            return null;
        }

        _known = step;
        string direction = moved > TimeSpan.Zero ? "forward" : "back";
        double seconds = moved.Duration().TotalSeconds;
        string message = FormattableString.Invariant($"The wall clock was set {direction} by {seconds:0.###} s");
        return OwnReport.Make(
            host, Outage.Process, "wall-clock-stepped", message, clock.Now, ++_serial, "clock",
            json => json.WriteNumber("step_ms", (long)moved.TotalMilliseconds));
    }
}
