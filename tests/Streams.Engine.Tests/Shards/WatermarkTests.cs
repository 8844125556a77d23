using CsCheck;
using Streams.Events;
using Streams.Events.Input;
using Streams.Testing;
using Xunit;

namespace Streams.Engine.Tests.Shards;

/// <summary>The watermark is seen by when an absence is said: a was there at 0 and no b within ten seconds.</summary>
public class WatermarkTests
{
    private static readonly TimeSpan Ten = TimeSpan.FromSeconds(10);

    [Fact]
    public void It_is_the_newest_event_less_the_lateness()
    {
        Assert.Equal("", Host([A, Say(14.9)]));
        Assert.Equal("a", Host([A, Say(15)]));
        Assert.Equal("a", Host([A, Say(11)], TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Neither_ticks_nor_other_hosts_move_it()
    {
        Assert.Equal("", Host([A, VirtualTime.Tick(1000), Say(2000, "b")]));
    }

    [Fact]
    public void A_heartbeat_carries_it_forward()
    {
        Assert.Equal("a", Host([A, VirtualTime.Arrive(20, new Heartbeat("a", "notes", VirtualTime.At(15), 1))]));
    }

    [Fact]
    public void It_is_that_of_the_slowest_collector_of_the_host()
    {
        InputRecord files = VirtualTime.Arrive(1, VirtualTime.Note(1, "z", collector: "files"));
        Assert.Equal("", Host([A, files, Say(100)]));
        Assert.Equal("a", Host([A, files, Say(100), VirtualTime.Arrive(101, VirtualTime.Note(15, "z", collector: "files"))]));
    }

    [Fact]
    public void It_does_not_wait_for_a_collector_that_is_known_to_be_down()
    {
        InputRecord files = VirtualTime.Arrive(1, VirtualTime.Note(1, "z", collector: "files"));
        InputRecord down = VirtualTime.Arrive(20, new Outage("a", VirtualTime.At(1), VirtualTime.At(20), 1, "files"));
        Assert.Equal("a", Host([A, files, Say(19), down]));
    }

    [Fact]
    [Trait("Found", "A5")]
    public void It_does_not_wait_for_what_the_process_reports_of_itself()
    {
        InputRecord own = VirtualTime.Arrive(1, VirtualTime.Note(1, "z", collector: Outage.Process)) with { IsOwn = true };
        Assert.Equal("a", Host([A, own, Say(15)]));
        Assert.Equal("a", Fleet([A, own, Say(15)]));
    }

    [Fact]
    public void What_is_due_by_it_is_said_before_the_event_that_moved_it()
    {
        var script = new QueryScript();
        script.Query("absence", Severity.Low, "None came").From(audit => Absence(audit.All)).Alert(_ => "none came");
        script.Query("all", Severity.Low, "Each").From(audit => audit.All).Alert(e => ((Note)e).Text);
        Assert.Equal(["a", "none came", "z"], VirtualTime.Alerts(script, [A, Say(100)]).Select(a => a.Message));
    }

    [Fact]
    public void A_fleet_waits_for_the_slowest_host()
    {
        Assert.Equal("", Fleet([A, Say(1, "b"), Say(20)]));
        Assert.Equal("a", Fleet([A, Say(1, "b"), Say(20), VirtualTime.Arrive(20, VirtualTime.Note(15, "z", "b"))]));
    }

    [Fact]
    public void A_fleet_does_not_wait_for_a_host_that_has_been_idle_for_thirty_seconds_of_the_clock()
    {
        InputRecord[] input = [A, Say(1, "b"), Say(20)];
        Assert.Equal("", Fleet([.. input, VirtualTime.Tick(30.9)]));
        Assert.Equal("a", Fleet([.. input, VirtualTime.Tick(31)]));
        Assert.Equal("", Fleet([.. input, Say(25, "c"), VirtualTime.Arrive(26, VirtualTime.Note(2, "z", "b")), VirtualTime.Tick(49)]));
    }

    [Fact]
    public void A_fleet_watermark_never_goes_back()
    {
        // b comes with old events after the fleet has passed them; what is due stays said once.
        Assert.Equal("a", Fleet(
            [A, Say(20), VirtualTime.Arrive(21, VirtualTime.Note(0.5, "z", "b")), VirtualTime.Arrive(22, VirtualTime.Note(19, "z", "b"))]));
    }

    [Fact]
    public void Many_hosts_give_the_watermark_of_the_slowest()
    {
        // Against the plain definition, for hosts in any order.
        Check.Sample(
            Gen.Select(Gen.Int[0, 9], Gen.Int[0, 60]).List[1, 60],
            steps =>
            {
                var newest = new Dictionary<int, int>();
                var input = new List<InputRecord> { A };
                bool due = false;
                foreach ((int host, int time) in steps)
                {
                    input.Add(VirtualTime.Arrive(1, VirtualTime.Note(time, "z", host == 0 ? "a" : $"h{host}")));
                    newest[host] = Math.Max(newest.GetValueOrDefault(host), time);
                    newest.TryAdd(0, 0);
                    due |= newest.Values.Min() >= 15;
                }

                return Fleet(input) == (due ? "a" : "");
            },
            iter: Campaign.Cases(300));
    }

    private static InputRecord A => VirtualTime.Arrive(0, VirtualTime.Note(0, "a"));

    private static Batch Say(double seconds, string host = "a") => VirtualTime.Arrive(seconds, VirtualTime.Note(seconds, "z", host));

    private static IObservable<Sequence<Event, int>> Absence(IObservable<Event> events) =>
        events.Sequence("absence", _ => 0, Ten, s => s.Then(e => e is Note { Text: "a" }).Not(e => e is Note { Text: "b" }));

    private static string Host(IEnumerable<InputRecord> input, TimeSpan? lateness = null) => Run(Absence, input, lateness);

    private static string Fleet(IEnumerable<InputRecord> input) => Run(events => Absence(events.Fleet()), input, null);

    private static string Run(
        Func<IObservable<Event>, IObservable<Sequence<Event, int>>> compose, IEnumerable<InputRecord> input, TimeSpan? lateness)
    {
        var script = new QueryScript();
        script.Query("absence", Severity.Low, "None came").From(audit => compose(audit.All)).Alert(s => ((Note)s.First).Text);
        return string.Join(' ', VirtualTime.Alerts(
            script, input, new EngineOptions { Lateness = lateness ?? TimeSpan.FromSeconds(5) }).Select(a => a.Message));
    }
}
