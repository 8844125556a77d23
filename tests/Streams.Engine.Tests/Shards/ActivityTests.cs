using System.Reactive.Linq;
using Streams.Events;
using Streams.Testing;
using Xunit;

namespace Streams.Engine.Tests.Shards;

/// <summary>What is visible from outside of the query that a shard is at work on.</summary>
[Trait("Found", "P1")]
public sealed class ActivityTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_query_at_work_is_visible_from_another_thread(int shards)
    {
        using var isInside = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var script = new QueryScript();
        script.Query("waits", Severity.Low, "Waits").From(audit => audit.All.Do(_ =>
        {
            isInside.Set();
            goOn.Wait(Patience);
        })).Alert(e => e.Host);
        var options = new EngineOptions { Shards = shards, ThreadNumber = () => Environment.CurrentManagedThreadId };
        using var engine = new QueryEngine(options, script.Queries, _ => { });
        Assert.All(engine.Activity, shard => Assert.Null(shard.Query));

        var admitting = new Thread(() => engine.Admit(VirtualTime.Arrive(1, VirtualTime.Note(1, "x"))));
        admitting.Start();
        Assert.True(isInside.Wait(Patience, TestContext.Current.CancellationToken));

        // The other shards are at work as well, until they have started the query.
        Assert.True(SpinWait.SpinUntil(() => engine.Activity.Count(shard => shard.Query is not null) == 1, Patience));
        ShardActivity first = Assert.Single(engine.Activity, shard => shard.Query is not null);
        ShardActivity again = Assert.Single(engine.Activity, shard => shard.Query is not null);
        goOn.Set();
        Assert.True(admitting.Join(Patience));
        engine.Complete();

        Assert.Equal("waits", first.Query!.Name);
        Assert.Equal(first, again);
        Assert.NotEqual(0, first.Thread);
        if (shards == 1) Assert.Equal(admitting.ManagedThreadId, first.Thread);
        Assert.All(engine.Activity, shard => Assert.Null(shard.Query));
        Assert.NotEqual(first.Turn, engine.Activity[first.Shard].Turn);
    }

    [Fact]
    public void Each_entry_of_the_input_is_another_turn()
    {
        var turns = new List<ShardActivity>();
        QueryEngine? engine = null;
        var script = new QueryScript();
        script.Query("looks", Severity.Low, "Looks").From(audit => audit.All.Do(_ => turns.Add(engine!.Activity[0]))).Alert(e => e.Host);
        using (engine = new QueryEngine(new EngineOptions(), script.Queries, _ => { }))
        {
            engine.Admit(VirtualTime.Arrive(1, VirtualTime.Note(1, "x"), VirtualTime.Note(1, "y")));
            engine.Admit(VirtualTime.Arrive(2, VirtualTime.Note(2, "z")));
        }

        Assert.Equal(["looks", "looks", "looks"], turns.Select(turn => turn.Query!.Name));
        Assert.Equal(turns[0], turns[1]);
        Assert.NotEqual(turns[1].Turn, turns[2].Turn);
    }
}
