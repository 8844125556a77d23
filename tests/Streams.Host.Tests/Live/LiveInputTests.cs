using Streams.Events.Input;
using Streams.Host.Live;
using Xunit;

namespace Streams.Host.Tests.Live;

/// <summary>The way from the collectors to the engine.</summary>
public class LiveInputTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public void What_comes_from_any_number_of_threads_is_admitted_one_at_a_time_and_in_the_order_of_each()
    {
        const int each = 5_000;
        long[] next = new long[4];
        int inside = 0;
        var wrong = new List<string>();
        var input = new LiveInput(
            record =>
            {
                if (Interlocked.Increment(ref inside) != 1) wrong.Add("two at a time");
                long ticks = ((Tick)record).Time.Ticks;
                if (next[ticks % 4]++ != ticks / 4) wrong.Add($"{ticks / 4} of {ticks % 4} out of order");
                Interlocked.Decrement(ref inside);
            },
            () => { });
        Thread admitter = Start(input.AdmitAll);
        Thread[] writers = [.. Enumerable.Range(0, 4).Select(writer => Start(() =>
        {
            for (int i = 0; i < each; i++) input.Add(new Tick(At(writer, i)));
        }))];
        Assert.All(writers, writer => Assert.True(writer.Join(Patience)));
        input.Complete();
        Assert.True(admitter.Join(Patience));
        Assert.Empty(wrong);
        Assert.All(next, count => Assert.Equal(each, count));
    }

    [Fact]
    public void What_finds_nobody_before_it_is_admitted_by_the_thread_that_brings_it()
    {
        var threads = new List<int>();
        int drained = 0;
        var input = new LiveInput(_ => threads.Add(Environment.CurrentManagedThreadId), () => drained++);
        Thread admitter = Start(input.AdmitAll);
        input.Add(new Tick(default));
        Assert.Equal([Environment.CurrentManagedThreadId], threads);
        Assert.Equal(1, drained);
        input.Complete();
        Assert.True(admitter.Join(Patience));
    }

    [Fact]
    public void Who_finds_another_before_him_leaves_what_he_brings_and_goes_on()
    {
        using var isInside = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var admitted = new List<(long Number, int Thread)>();
        var input = new LiveInput(
            record =>
            {
                admitted.Add((((Tick)record).Time.Ticks, Environment.CurrentManagedThreadId));
                isInside.Set();
                goOn.Wait(Patience);
            },
            () => { });
        Thread first = Start(() => input.Add(new Tick(At(0, 0))));
        Assert.True(isInside.Wait(Patience, TestContext.Current.CancellationToken));
        input.Add(new Tick(At(0, 1)));
        goOn.Set();
        Assert.True(first.Join(Patience));
        Thread admitter = Start(input.AdmitAll);
        input.Complete();
        Assert.True(admitter.Join(Patience));
        Assert.Equal([(0, first.ManagedThreadId), (4, admitter.ManagedThreadId)], admitted);
    }

    [Fact]
    public void It_is_bounded_and_a_tick_does_not_wait()
    {
        var input = new LiveInput(_ => { }, () => { });
        int room = 0;
        while (input.TryAdd(new Tick(At(0, room)))) room++;
        Assert.Equal(64, room);
    }

    [Fact]
    public void Completion_frees_whoever_waits_and_leaves_what_is_there()
    {
        int admitted = 0;
        var input = new LiveInput(_ => admitted++, () => { });
        while (input.TryAdd(new Tick(default)))
        {
        }

        Thread writer = Start(() => input.Add(new Tick(default)));
        input.Complete();
        Assert.True(writer.Join(Patience));
        input.AdmitAll();
        Assert.Equal(64, admitted);
    }

    private static Thread Start(ThreadStart work)
    {
        var thread = new Thread(work);
        thread.Start();
        return thread;
    }

    private static DateTimeOffset At(int writer, long number) => new(number * 4 + writer, TimeSpan.Zero);
}
