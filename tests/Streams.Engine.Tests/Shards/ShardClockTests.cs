using System.Reactive.Concurrency;
using Streams.Engine.Shards;
using Streams.Testing;
using Xunit;

namespace Streams.Engine.Tests.Shards;

public class ShardClockTests
{
    private readonly ShardClock _clock = new Shard(0, new EngineOptions()).Clock;

    public ShardClockTests() => _clock.Start(VirtualTime.Start.Ticks);

    [Fact]
    public void Timers_fire_by_due_time_and_then_by_creation_with_the_clock_at_their_time()
    {
        var fired = new List<(string, double)>();
        foreach ((string name, double after) in ((string, double)[])[("c", 3), ("a", 1), ("b", 1), ("now", 0), ("past", -5)])
            _clock.Schedule(TimeSpan.FromSeconds(after), () => fired.Add((name, (_clock.Now - VirtualTime.Start).TotalSeconds)));
        _clock.AdvanceTo(VirtualTime.At(3).Ticks);
        Assert.Equal([("now", 0), ("past", 0), ("a", 1), ("b", 1), ("c", 3)], fired);
        Assert.Equal(0, _clock.Pending);
    }

    [Fact]
    public void A_timer_set_by_a_timer_for_a_time_that_is_passed_fires_on_the_way()
    {
        var fired = new List<double>();
        _clock.Schedule(TimeSpan.FromSeconds(1), () =>
            _clock.Schedule(TimeSpan.FromSeconds(1), () => fired.Add((_clock.Now - VirtualTime.Start).TotalSeconds)));
        _clock.AdvanceTo(VirtualTime.At(10).Ticks);
        Assert.Equal([2], fired);
    }

    [Fact]
    public void The_clock_never_goes_back()
    {
        _clock.AdvanceTo(VirtualTime.At(10).Ticks);
        _clock.AdvanceTo(VirtualTime.At(5).Ticks);
        Assert.Equal(VirtualTime.At(10), _clock.Now);
    }

    [Fact]
    public void Cancelled_timers_do_not_fire_and_do_not_pile_up()
    {
        for (int i = 0; i < 10_000; i++) _clock.Schedule(TimeSpan.FromDays(1), () => Assert.Fail("It was cancelled.")).Dispose();
        Assert.Equal(0, _clock.Pending);
        Assert.InRange(_clock.Queued, 0, 200);
        _clock.AdvanceTo(VirtualTime.At(100_000).Ticks);
    }

    [Fact]
    public void What_a_fired_or_periodic_timer_cancels_is_not_counted_twice()
    {
        IDisposable? periodic = null;
        int fired = 0;
        periodic = _clock.SchedulePeriodic(TimeSpan.FromSeconds(1), () =>
        {
            if (++fired == 3) periodic!.Dispose();
        });
        IDisposable once = _clock.Schedule(TimeSpan.FromSeconds(1), () => { });
        _clock.AdvanceTo(VirtualTime.At(10).Ticks);
        once.Dispose();
        Assert.Equal((3, 0), (fired, _clock.Pending));
    }

    [Fact]
    public void A_period_of_nothing_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _clock.SchedulePeriodic(TimeSpan.Zero, () => { }));

    [Fact]
    public void Nothing_of_it_runs_in_real_time()
    {
        IScheduler clock = _clock;
        Assert.Null(clock.AsLongRunning());
        Assert.NotNull(clock.AsPeriodic());
        IStopwatch watch = clock.AsStopwatchProvider()!.StartStopwatch();
        _clock.AdvanceTo(VirtualTime.At(7).Ticks);
        Assert.Equal(TimeSpan.FromSeconds(7), watch.Elapsed);
    }
}
