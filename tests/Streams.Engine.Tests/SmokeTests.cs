using System.Reactive.Linq;
using Streams.Events;
using Streams.Events.Input;
using Xunit;

namespace Streams.Engine.Tests;

public class SmokeTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_new_term_is_said_once_a_host(int shards)
    {
        var script = new QueryScript();
        script.Query("new", Severity.Low, "A new collector")
            .From(audit => audit.All.NewTerm("terms", e => e.Collector, remember: QueryScript.Days(30)))
            .Alert(n => $"{n.Host}: {n.Term}");
        var alerts = new List<Alert>();
        using var engine = new QueryEngine(new EngineOptions { Shards = shards }, script.Queries, alerts.Add);
        DateTimeOffset t = DateTimeOffset.UnixEpoch.AddDays(20000);
        engine.Admit(new Batch(new Event[] { new Heartbeat("a", "x", t, 1), new Heartbeat("b", "x", t, 1), new Heartbeat("a", "x", t, 2), new Heartbeat("a", "y", t, 3) }));
        engine.Complete();
        Assert.Equal(["a: x", "b: x", "a: y"], alerts.Select(a => a.Message));
    }
}
