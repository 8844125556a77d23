using System.Text;
using Streams.Events;
using Streams.Events.Input;
using Streams.Testing;
using Xunit;

namespace Streams.Engine.Tests.Shards;

/// <summary>An event at which Streams itself fails does not count as a fault of the queries, and its neighbours are delivered.</summary>
[Trait("Found", "C1")]
public sealed class EventFaultTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void An_event_that_cannot_be_decoded_is_no_fault_of_its_readers(int shards)
    {
        var (alerts, notices, statistics) = VirtualTime.Run(
            Script(), VirtualTime.Each(Enumerable.Range(0, 20).Select(i => Document(i, i % 2 == 0 ? "{" : """{"a":"good"}"""))),
            new EngineOptions { Shards = shards });
        Assert.Equal(10, alerts.Count(a => a is { Query: "host", Message: "good" }));
        Assert.Equal(10, alerts.Count(a => a is { Query: "fleet", Message: "good" }));
        Assert.Equal(10, alerts.Count(a => a is { Query: "host", Message: "" }));
        Assert.Empty(notices);
        Assert.All(statistics.Queries.Values, query => Assert.Equal((0, 0), (query.Faults, query.Quarantined)));
        Assert.Equal(10, statistics.Faulty.Single(cause => cause.Key == "faulty.decode").Value);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Queries_and_query_strings_read_the_fault(int shards)
    {
        var script = new QueryScript();
        foreach (string name in (string[])["a", "b", "c"])
        {
            script.Query(name, Severity.High, "Faulty").From((_, _, host) => host.Documents().Where("streams.fault:decode"))
                .Alert(d => $"{d.Serial}");
        }

        Event[] events = [Document(0, "{"), Document(1, "{}"), Document(2, "nothing")];
        IReadOnlyList<Alert> alerts = VirtualTime.Alerts(script, VirtualTime.Each(events), new EngineOptions { Shards = shards });
        Assert.Equal(["a0", "b0", "c0", "a2", "b2", "c2"], alerts.Select(a => a.Query + a.Message));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void An_event_that_cannot_be_delivered_costs_its_neighbours_nothing(int shards)
    {
        Event[] events =
        [
            Document(0, """{"a":"one"}"""), new OddEvent(VirtualTime.At(1), 1, failsAtDelivery: true), Document(2, """{"a":"two"}"""),
            new OddEvent(VirtualTime.At(3), 3, failsAtDelivery: true), Document(4, """{"a":"three"}"""),
        ];
        var (alerts, notices, statistics) = VirtualTime.Run(
            Script(), [new Batch(events, VirtualTime.At(5)), VirtualTime.Tick(9)], new EngineOptions { Shards = shards });
        Assert.Equal(["one", "two", "three"], alerts.Where(a => a.Query == "host").Select(a => a.Message));
        Assert.Equal(["one", "two", "three"], alerts.Where(a => a.Query == "fleet").Select(a => a.Message));
        Assert.Empty(notices);
        Assert.Equal(2, statistics.Faulty.Single(cause => cause.Key == "faulty.deliver").Value);
    }

    private static QueryScript Script()
    {
        var script = new QueryScript();
        script.Query("host", Severity.High, "Read").From((_, _, host) => host.Documents()).Alert(d => d.Text("a") ?? "");
        script.Query("fleet", Severity.High, "Read").From((_, _, host) => host.Documents().Fleet()).Alert(d => d.Text("a") ?? "");
        return script;
    }

    private static Document Document(int second, string json) =>
        new("web-01", "documents", VirtualTime.At(second), (ulong)second, Encoding.UTF8.GetBytes(json));
}
