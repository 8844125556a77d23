using Streams.Events;
using Streams.Events.Input;
using Streams.Host.Live;
using Xunit;

namespace Streams.Host.Tests.Live;

public class CollectorStatesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    private readonly CollectorStates _states = new([new Collector("audit"), new Collector("files")], "web-1");

    [Fact]
    public void All_watch_when_each_has_sent_its_first_heartbeat_and_that_is_said_once()
    {
        Assert.False(_states.Start(Heartbeat("audit")));
        Assert.Equal(["files"], _states.Starting);
        Assert.True(_states.Start(Heartbeat("files")));
        Assert.False(_states.Start(Heartbeat("files")));
    }

    [Fact]
    public void One_that_cannot_begin_is_not_waited_for()
    {
        Assert.False(_states.Start(Heartbeat("audit")));
        Gap gap = _states.End("files", "the disk is full", Noon);
        Assert.True(_states.Start(new Batch(new[] { gap })));
        Assert.Equal(["audit"], _states.Watching);
        Assert.Equal([("files", "the disk is full")], _states.Ended);
        Assert.Equal(("web-1", "files", "the collector cannot go on: the disk is full"), (gap.Host, gap.Collector, gap.Cause));
    }

    [Fact]
    public void When_none_can_begin_none_is_said_to_watch()
    {
        _states.End("audit", "the kernel has none", Noon);
        Gap last = _states.End("files", "the disk is full", Noon);
        Assert.False(_states.Start(new Batch(new[] { last })));
        Assert.Empty(_states.Watching);
    }

    [Fact]
    public void One_that_cannot_go_on_is_an_outage_piece_by_piece_each_from_where_the_one_before_ended()
    {
        Assert.Empty(_states.Outages(Noon));
        _states.End("files", "the disk is full", Noon);
        foreach (int second in (int[])[1, 2])
        {
            var outage = (Outage)Assert.Single(_states.Outages(Noon.AddSeconds(second)));
            Assert.Equal(("files", Noon.AddSeconds(second - 1), Noon.AddSeconds(second)), (outage.Collector, outage.From, outage.Occurred));
        }
    }

    [Fact]
    [Trait("Found", "C5")]
    public void What_is_not_watched_comes_from_the_start_and_from_those_that_go_on()
    {
        var audit = new Collector("audit") { Conditions = [CollectorCondition.Fault("no rules"), CollectorCondition.Note("no boot")] };
        var files = new Collector("files") { Conditions = [CollectorCondition.Note("no path")] };
        var states = new CollectorStates([audit, files], "web-1");
        states.End("files", "the disk is full", Noon);
        Assert.Equal(
            [("", false, "no right"), ("audit", true, "no rules"), ("audit", false, "no boot")],
            states.Conditions([CollectorCondition.Note("no right")]));
    }

    private static Batch Heartbeat(string collector) => new(new[] { new Heartbeat("web-1", collector, Noon, 1, []) });

    private sealed class Collector(string name) : ICollector
    {
        public string Name => name;

        public IReadOnlyList<KeyValuePair<string, long>> Counters => [];

        public IReadOnlyList<CollectorCondition> Conditions { get; init; } = [];

        public IDisposable Subscribe(IObserver<ReadOnlyMemory<Event>> observer) => throw new NotSupportedException();
    }
}
