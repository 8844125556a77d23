using Streams.Audit.Netlink;
using Streams.Events.Tables;

namespace Streams.Audit.Tests.Netlink;

public sealed class RecordQueueTests
{
    private const int Half = RecordBlock.Capacity / 2;

    [Fact]
    public void What_is_read_in_small_pieces_waits_in_one_block()
    {
        using var queue = new RecordQueue(1 << 20, blocks: false);
        for (int i = 0; i < 3; i++) queue.Enqueue(Block(queue, i, 10));
        using RecordBlock block = queue.Dequeue(0, out _)!;
        Assert.Equal([0, 1, 2], Types(block));
        Assert.True(queue.IsEmpty);
    }

    [Fact]
    public void What_was_taken_is_done_when_more_is_asked_for()
    {
        using var queue = new RecordQueue(1 << 20, blocks: false);
        Assert.True(queue.IsDone);
        queue.Enqueue(Block(queue, 1, 10));
        Assert.False(queue.IsDone);
        using RecordBlock block = queue.Dequeue(0, out _)!;
        Assert.False(queue.IsDone);
        Assert.Null(queue.Dequeue(0, out _));
        Assert.True(queue.IsDone);
    }

    [Fact]
    public void A_full_queue_drops_the_oldest_and_says_how_much_before_what_follows()
    {
        using var queue = new RecordQueue(2 * Half + 1000, blocks: false);
        for (int i = 0; i < 5; i++) queue.Enqueue(Block(queue, i, Half));
        using RecordBlock first = queue.Dequeue(0, out _)!;
        using RecordBlock second = queue.Dequeue(0, out _)!;
        Assert.Equal([3], Types(first));
        Assert.Equal([4], Types(second));
        Assert.Equal((3, 0), (first.DroppedBefore, second.DroppedBefore));
        Assert.Equal((3, 3L * (Half + 8)), (queue.DroppedRecords, queue.DroppedBytes));
    }

    [Fact]
    public void That_the_socket_had_overflowed_is_not_forgotten_with_a_dropped_block()
    {
        using var queue = new RecordQueue(Half, blocks: false);
        RecordBlock overflowed = Block(queue, 1, Half);
        overflowed.Overflows = 2;
        queue.Enqueue(overflowed);
        queue.Enqueue(Block(queue, 2, Half));
        using RecordBlock left = queue.Dequeue(0, out _)!;
        Assert.Equal((1L, 2), (left.DroppedBefore, left.Overflows));
    }

    [Fact]
    public async Task A_queue_that_blocks_holds_the_reader_up_until_there_is_room()
    {
        using var queue = new RecordQueue(Half + 1000, blocks: true);
        queue.Enqueue(Block(queue, 1, Half));
        using var entered = new ManualResetEventSlim();
        Task reader = Task.Run(
            () =>
            {
                RecordBlock next = Block(queue, 2, Half);
                entered.Set();
                queue.Enqueue(next);
            },
            TestContext.Current.CancellationToken);
        entered.Wait(TestContext.Current.CancellationToken);
        Assert.False(reader.IsCompleted);
        queue.Dequeue(0, out _)!.Dispose();
        await reader.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        using RecordBlock second = queue.Dequeue(0, out _)!;
        Assert.Equal([2], Types(second));
        Assert.Equal(0, queue.DroppedRecords);
    }

    [Fact]
    public async Task The_end_frees_a_reader_that_is_held_up_and_nothing_is_lost()
    {
        using var queue = new RecordQueue(Half + 1000, blocks: true);
        queue.Enqueue(Block(queue, 1, Half));
        Task reader = Task.Run(() => queue.Enqueue(Block(queue, 2, Half)), TestContext.Current.CancellationToken);
        queue.Complete();
        await reader.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        for (int i = 0; i < 2; i++) queue.Dequeue(0, out _)!.Dispose();
        Assert.Null(queue.Dequeue(0, out bool isEnded));
        Assert.True(isEnded);
        Assert.Equal(0, queue.DroppedRecords);
    }

    private static RecordBlock Block(RecordQueue queue, int type, int length)
    {
        RecordBlock block = queue.Rent();
        Assert.True(block.TryAdd((ushort)type, isMulticast: false, new byte[length]));
        return block;
    }

    private static List<int> Types(RecordBlock block)
    {
        var types = new List<int>();
        int position = 0;
        while (block.TryRead(ref position, out RecordType type, out _, out _)) types.Add((int)type);
        return types;
    }
}
