using Streams.Events;
using Streams.Events.Input;
using Streams.Host.Live;
using Xunit;

namespace Streams.Host.Tests.Live;

/// <summary>A collector hears of an event when the queries have seen it and what they said of it is out, and not before.</summary>
public class AcknowledgementsTests
{
    private readonly Collector _files = new("files");
    private readonly Collector _audit = new("audit");
    private readonly Acknowledgements _acknowledgements;

    public AcknowledgementsTests() => _acknowledgements = new Acknowledgements([_audit, _files]);

    [Fact]
    public void What_no_query_said_anything_of_is_acknowledged_at_once_to_its_collector()
    {
        _acknowledgements.Seen(Batch("files", 3));
        Assert.Equal(0, _files.Acknowledged);
        _acknowledgements.Settle();
        Assert.Equal((3, 0), (_files.Acknowledged, _audit.Acknowledged));
    }

    [Fact]
    public void What_a_query_spoke_of_is_acknowledged_when_that_is_written()
    {
        Say("files", 2);
        Assert.Equal(0, _files.Acknowledged);
        _acknowledgements.Written(1);
        Assert.Equal(2, _files.Acknowledged);
    }

    [Fact]
    public void In_a_stream_of_alerts_each_is_waited_for_in_turn()
    {
        for (int batch = 0; batch < 4; batch++) Say("files", 1);
        _acknowledgements.Written(1);
        Assert.Equal(1, _files.Acknowledged);
        _acknowledgements.Written(3);
        Assert.Equal(1, _files.Acknowledged);
        _acknowledgements.Written(4);
        Assert.Equal(4, _files.Acknowledged);
    }

    private void Say(string collector, int events)
    {
        _acknowledgements.Said();
        _acknowledgements.Seen(Batch(collector, events));
        _acknowledgements.Settle();
    }

    private static Batch Batch(string collector, int events) =>
        new(Enumerable.Range(1, events)
            .Select(Event (i) => new Heartbeat("h", collector, DateTimeOffset.UnixEpoch, (ulong)i, [])).ToArray());

    private sealed class Collector(string name) : ICollector
    {
        public string Name => name;

        public IReadOnlyList<KeyValuePair<string, long>> Counters => [];

        public long Acknowledged { get; private set; }

        public void Acknowledge(long events) => Acknowledged = events;

        public IDisposable Subscribe(IObserver<ReadOnlyMemory<Event>> observer) => throw new NotSupportedException();
    }
}
