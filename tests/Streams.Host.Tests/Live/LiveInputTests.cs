using Streams.Events.Input;
using Streams.Host.Live;
using Xunit;

namespace Streams.Host.Tests.Live;

/// <summary>The queue between collectors and the thread that admits.</summary>
public class LiveInputTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public void What_goes_in_comes_out_in_order_from_any_number_of_threads()
    {
        const int each = 5_000;
        var input = new LiveInput();
        Thread[] writers = [.. Enumerable.Range(0, 4).Select(writer => new Thread(() =>
        {
            for (int i = 0; i < each; i++) input.Add(new Tick(At(writer, i)));
        }))];
        foreach (Thread writer in writers) writer.Start();
        long[] next = new long[4];
        for (int taken = 0; taken < 4 * each;)
        {
            Assert.True(input.Wait());
            while (input.TryTake(out InputRecord? record))
            {
                long ticks = ((Tick)record!).Time.Ticks;
                Assert.Equal(next[ticks % 4]++, ticks / 4);
                taken++;
            }
        }

        Assert.All(writers, writer => Assert.True(writer.Join(Patience)));
    }

    [Fact]
    public void It_is_bounded_and_a_tick_does_not_wait()
    {
        var input = new LiveInput();
        int room = 0;
        while (input.TryAdd(new Tick(At(0, room)))) room++;
        Assert.Equal(64, room);
    }

    [Fact]
    public void Completion_frees_whoever_waits_and_leaves_what_is_there()
    {
        var input = new LiveInput();
        while (input.TryAdd(new Tick(default)))
        {
        }

        var writer = new Thread(() => input.Add(new Tick(default)));
        writer.Start();
        input.Complete();
        Assert.True(writer.Join(Patience));
        Assert.True(input.Wait());
        while (input.TryTake(out _))
        {
        }

        Assert.False(input.Wait());
    }

    private static DateTimeOffset At(int writer, long number) => new(number * 4 + writer, TimeSpan.Zero);
}
