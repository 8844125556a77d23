using Streams.Events;

namespace Streams.Host.Live;

/// <summary>
/// Notices, when it is looked again, that this process did not run: it was stopped (SIGSTOP), its control group was frozen, or its virtual
/// machine stood still. Looks are a second apart; a machine that was suspended shows in the difference of its two clocks.
/// </summary>
/// <remarks>
/// The thread that looks needs some microseconds of processor time a second. Behind 300 busy programs on two cores it waits for half a
/// second (each has the processor for 3 ms at a time, sched(7)), and a collection of garbage takes less than a second: five seconds are
/// neither.
/// </remarks>
/// <param name="host">The host.</param>
/// <param name="clock">The time of reports, which continues while the machine is suspended.</param>
/// <param name="awake">The time that the machine was awake.</param>
internal sealed class PauseWatch(string host, AdmissionClock clock, Func<TimeSpan> awake)
{
    /// <summary>How long this process has to stand still, or the machine, to be reported.</summary>
    public static readonly TimeSpan Least = TimeSpan.FromSeconds(5);

    private DateTimeOffset _seen = clock.Now;
    private TimeSpan _awake = awake();
    private ulong _serial;

    /// <summary>An outage and a report of it, when there was one since the last look.</summary>
    public IReadOnlyList<Event> Look()
    {
        DateTimeOffset from = _seen, now = clock.Now;
        TimeSpan stopped = awake() - _awake;
        TimeSpan suspended = now - from - stopped;
        Rest();
        if (stopped < Least && suspended < Least) return [];
        var outage = new Outage(host, from, now, ++_serial);
        if (stopped < Least)
        {
            return
            [
                outage,
                SensorReport.Make(
                    host, SensorReport.Suspended, $"The machine was suspended from {from:u} to {now:u}", from, now, ++_serial),
            ];
        }

        string message = $"Streams was stopped from {from:u} to {now:u}: it did not run, and what the kernel could not keep is lost";
        return [outage, SensorReport.Make(host, SensorReport.Stopped, message, from, now, ++_serial)];
    }

    /// <summary>From now on it is watched: what this thread did before may have taken long.</summary>
    public void Rest() => (_seen, _awake) = (clock.Now, awake());
}
