using System.Collections.Concurrent;

namespace Streams.Notify.Tests;

public class AlertQueueTests
{
    private static readonly AlertQueueOptions Options = new() { StopLimit = Some.Patience };

    private readonly ConcurrentQueue<string> _told = [];

    [Fact]
    public void Alerts_go_out_in_their_order_and_all_of_them_before_it_stops()
    {
        var notifier = new RecordingNotifier();
        AlertQueue queue = Queue(notifier, Options);
        for (int i = 0; i < 1000; i++) queue.Add(Some.Alert($"{i}"));
        queue.Dispose();
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"{i}"), notifier.Delivered);
        Assert.True(notifier.IsDisposed);
        Assert.Equal((1000, 0, 0, 0), Counted(queue));
        Assert.Empty(_told);
    }

    [Fact]
    public async Task A_destination_that_stands_still_holds_up_nobody_and_the_oldest_alerts_are_dropped_and_counted()
    {
        using var go = new ManualResetEventSlim();
        var notifier = new RecordingNotifier((_, stop) => go.Wait(Some.Patience, stop));
        AlertQueue queue = Queue(notifier, Options with { Capacity = 3 });
        queue.Add(Some.Alert("0"));
        Assert.Equal("0", await notifier.Attempt());
        for (int i = 1; i < 10; i++) queue.Add(Some.Alert($"{i}"));
        Assert.Equal((0, 6, 0, 3), Counted(queue));
        Assert.Equal(["error: test: it takes no alerts, or too slowly: 3 wait, the oldest are dropped"], _told);
        go.Set();
        queue.Dispose();
        Assert.Equal(["0", "7", "8", "9"], notifier.Delivered);
        Assert.Equal((4, 6, 0, 0), Counted(queue));
    }

    [Fact]
    public async Task Whoever_waits_for_a_slow_destination_waits_until_it_has_all()
    {
        using var go = new ManualResetEventSlim();
        var notifier = new RecordingNotifier((_, stop) => go.Wait(Some.Patience, stop));
        using AlertQueue queue = Queue(notifier, Options);
        queue.Add(Some.Alert("0"));
        queue.Add(Some.Alert("1"));
        Assert.Equal("0", await notifier.Attempt());
        Task waiting = Task.Run(() => queue.Wait(CancellationToken.None), TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        go.Set();
        await waiting.WaitAsync(Some.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(["0", "1"], notifier.Delivered);
        Assert.Equal((2, 0, 0, 0), Counted(queue));
    }

    [Fact]
    public async Task The_waiting_for_a_destination_that_stands_still_can_be_ended()
    {
        using var stop = new CancellationTokenSource();
        var notifier = new RecordingNotifier((_, abandoned) => abandoned.WaitHandle.WaitOne(Some.Patience));
        using AlertQueue queue = Queue(notifier, Options with { StopLimit = TimeSpan.Zero });
        queue.Add(Some.Alert("0"));
        Assert.Equal("0", await notifier.Attempt());
        Task waiting = Task.Run(() => queue.Wait(stop.Token), TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await waiting.WaitAsync(Some.Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_may_be_delivered_later_is_tried_again_ever_more_rarely_and_holds_back_what_follows()
    {
        int failures = 8;
        var time = new ManualTime();
        var notifier = new RecordingNotifier((_, _) =>
        {
            if (failures-- > 0) throw new DeliveryException("no room", isTransient: true);
        });
        AlertQueue queue = Queue(notifier, Options, time);
        queue.Add(Some.Alert("a"));
        queue.Add(Some.Alert("b"));
        var waited = new List<double>();
        for (int i = 0; i < 8; i++) waited.Add((await time.Fire()).TotalSeconds);
        queue.Dispose();
        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], waited);
        Assert.Equal(["a", "b"], notifier.Delivered);
        Assert.Equal(8, queue.Counters.Single(c => c.Key == "retried").Value);
        Assert.Equal(["test: an alert was not delivered and is tried again: no room", "test: alerts are delivered again"], _told);
    }

    [Theory]
    [InlineData(30, 30)]
    [InlineData(0.1, 1)]
    [InlineData(86400, 60)]
    public async Task A_destination_that_asks_for_time_gets_it_within_limits(double asked, double waited)
    {
        int failures = 1;
        var time = new ManualTime();
        var notifier = new RecordingNotifier((_, _) =>
        {
            if (failures-- > 0) throw new DeliveryException("busy", isTransient: true, TimeSpan.FromSeconds(asked));
        });
        using AlertQueue queue = Queue(notifier, Options, time);
        queue.Add(Some.Alert());
        Assert.Equal(TimeSpan.FromSeconds(waited), await time.Fire());
    }

    [Fact]
    public void What_is_refused_for_good_is_counted_told_once_and_the_rest_goes_on()
    {
        var notifier = new RecordingNotifier((alert, _) =>
        {
            if (alert.Message != "good") throw new DeliveryException(alert.Message, isTransient: false);
        });
        AlertQueue queue = Queue(notifier, Options);
        foreach (string message in (string[])["bad", "worse", "good", "bad again"]) queue.Add(Some.Alert(message));
        queue.Dispose();
        Assert.Equal(["good"], notifier.Delivered);
        Assert.Equal((1, 0, 3, 0), Counted(queue));
        Assert.Equal(
            ["test: an alert was not delivered: bad", "test: alerts are delivered again", "test: an alert was not delivered: bad again"],
            _told);
    }

    [Fact]
    public void A_notifier_that_is_wrong_loses_one_alert_and_not_its_thread()
    {
        var notifier = new RecordingNotifier((alert, _) =>
        {
            if (alert.Message == "bad") throw new InvalidOperationException("wrong");
        });
        AlertQueue queue = Queue(notifier, Options);
        queue.Add(Some.Alert("bad"));
        queue.Add(Some.Alert("good"));
        queue.Dispose();
        Assert.Equal(["good"], notifier.Delivered);
    }

    [Fact]
    public async Task Stopping_ends_the_wait_for_a_retry_and_tries_what_is_left_once()
    {
        var time = new ManualTime();
        var notifier = new RecordingNotifier((alert, _) =>
        {
            if (alert.Message != "good") throw new DeliveryException("no room", isTransient: true);
        });
        AlertQueue queue = Queue(notifier, Options, time);
        queue.Add(Some.Alert("bad"));
        queue.Add(Some.Alert("good"));
        Assert.Equal("bad", await notifier.Attempt());
        queue.Dispose();
        Assert.Equal(["good"], notifier.Delivered);
        Assert.Equal(1, queue.Counters.Single(c => c.Key == "failed").Value);
    }

    [Fact]
    public async Task What_has_not_gone_out_in_time_when_it_stops_is_dropped_and_counted()
    {
        var notifier = new RecordingNotifier((_, stop) =>
        {
            stop.WaitHandle.WaitOne(Some.Patience);
            stop.ThrowIfCancellationRequested();
        });
        AlertQueue queue = Queue(notifier, Options with { StopLimit = TimeSpan.Zero });
        queue.Add(Some.Alert("a"));
        queue.Add(Some.Alert("b"));
        Assert.Equal("a", await notifier.Attempt());
        queue.Dispose();
        queue.Add(Some.Alert("c"));
        Assert.Empty(notifier.Delivered);
        Assert.Equal(3, queue.Counters.Single(c => c.Key == "dropped").Value);
    }

    private AlertQueue Queue(INotifier notifier, AlertQueueOptions options, TimeProvider? time = null) =>
        new(notifier, options, time ?? TimeProvider.System, _told.Enqueue);

    private static (long Written, long Dropped, long Failed, long Queued) Counted(AlertQueue queue)
    {
        Dictionary<string, long> counters = queue.Counters.ToDictionary();
        return (counters["written"], counters["dropped"], counters["failed"], counters["queued"]);
    }
}
