using System.Reactive.Linq;
using Streams.Events;
using Streams.Events.Input;
using Streams.Testing;
using Xunit;

namespace Streams.Engine.Tests.Operators;

public class NewTermTests
{
    [Theory]
    [InlineData("each term once", 0, 100, "x@0 y@1 y@2 z@3", "x y z")]
    [InlineData("while learning nothing is said", 2, 100, "x@0 y@1 y@2 z@3", "z")]
    [InlineData("learning ends exactly then", 2, 100, "x@0 y@2", "y")]
    [InlineData("just remembered", 0, 100, "x@0 x@99.9", "x")]
    [InlineData("forgotten at exactly that age", 0, 100, "x@0 x@100", "x x")]
    [InlineData("each sight renews", 0, 100, "x@0 x@60 x@120 x@180", "x")]
    [InlineData("an earlier sight that arrives late does not make it older", 0, 100, "x@60 x@58 x@159", "x")]
    [InlineData("an empty text is a term, a missing one is none", 0, 100, "empty@0 none@1 empty@2 x@3", " x")]
    public void Is_said_when_it_was_not_seen_before(string because, double learn, double remember, string notes, string expected)
    {
        Assert.NotEmpty(because);
        IEnumerable<InputRecord> input = VirtualTime.Each(notes.Split(' ').Select(n => n.Split('@'))
            .Select(n => VirtualTime.Note(double.Parse(n[1], System.Globalization.CultureInfo.InvariantCulture), n[0])));
        Assert.Equal(expected, string.Join(' ', VirtualTime.Alerts(
            source => source.NewTerm(
                "t",
                n => n.Text switch { "none" => null, "empty" => "", var text => text },
                TimeSpan.FromSeconds(remember),
                TimeSpan.FromSeconds(learn)),
            input, message: n => n.Term!).Select(a => a.Message)));
    }

    [Theory]
    [Trait("Found", "Q6")]
    [InlineData("one host, one alert", "a:x a:x", "a x host")]
    [InlineData("new in the fleet, then on another host", "b:z a:x b:x a:x b:x", "b z host|a x fleet|b x host")]
    public void A_fleet_query_finds_what_is_new_on_a_host_and_in_the_fleet(string because, string notes, string expected)
    {
        Assert.NotEmpty(because);
        foreach (int shards in (int[])[1, 3]) Assert.Equal(expected, NewOnHosts(notes, TimeSpan.Zero, shards));
    }

    [Fact]
    [Trait("Found", "Q6")]
    public void A_host_learns_for_itself_and_the_fleet_for_all()
    {
        // A note a second; b comes after 30 s. Twenty seconds are for learning.
        string notes = string.Join(' ', Enumerable.Range(0, 30).Select(i => $"a:{(i == 25 ? "late" : "x")}")
            .Concat(Enumerable.Range(0, 30).Select(i => i switch { 5 => "b:late", 6 => "b:new", 25 => "b:x", _ => "b:y" })));
        Assert.Equal("a late host|b y fleet|b new fleet|b x host", NewOnHosts(notes, TimeSpan.FromSeconds(20), 1));
    }

    private static string NewOnHosts(string notes, TimeSpan learn, int shards) => string.Join('|', VirtualTime.Alerts(
        source => source.Fleet().NewTerm("t", n => n.Text, TimeSpan.FromDays(1), learn, host: n => n.Host),
        VirtualTime.Each(notes.Split(' ').Select((note, i) => VirtualTime.Note(i, note[2..], note[..1]))),
        new EngineOptions { Shards = shards },
        n => $"{n.Host} {n.Term} {(n.IsNewInFleet ? "fleet" : "host")}").Select(a => a.Message));

    [Fact]
    [Trait("Found", "O2")]
    public void A_tuple_with_a_part_that_is_null_is_no_term() => Assert.Equal(
        ["x, 1", "x, 2"],
        VirtualTime.Alerts(
            source => source.NewTerm("t", n => (n.Text == "none" ? null : n.Text, (int)n.Serial), TimeSpan.FromDays(1)),
            VirtualTime.Each(
            [
                VirtualTime.Note(0, "none", serial: 1), VirtualTime.Note(1, "x", serial: 1), VirtualTime.Note(2, "none", serial: 2),
                VirtualTime.Note(3, "x", serial: 2),
            ])).Select(a => a.Key));

    [Fact]
    public void Learning_counts_from_the_first_event_of_the_host_whatever_it_was()
    {
        Alert alert = Assert.Single(Run(
            source => source.Where(n => n.Text != "other"),
            [VirtualTime.Note(0, "other"), VirtualTime.Note(20, "x"), VirtualTime.Note(20, "x", "b")]));
        Assert.Equal("a", alert.Host);
    }

    [Fact]
    public void A_fleet_learns_from_its_first_event_and_knows_what_any_host_has_shown()
    {
        Alert alert = Assert.Single(Run(
            source => source.Fleet(), [VirtualTime.Note(0, "x"), VirtualTime.Note(20, "x", "b"), VirtualTime.Note(30, "y", "b")]));
        Assert.Equal(("y", "b"), (alert.Key, alert.Host));
    }

    [Fact]
    public void The_engine_can_be_told_how_long_to_learn()
    {
        IEnumerable<InputRecord> input = [.. VirtualTime.Each([VirtualTime.Note(0, "x"), VirtualTime.Note(20, "y")])];
        Assert.Equal(2, VirtualTime.Alerts(
            s => s.NewTerm("t", n => n.Text, TimeSpan.FromDays(1), TimeSpan.FromHours(1)),
            input,
            new EngineOptions { Learn = TimeSpan.Zero }).Count);
        Assert.Empty(VirtualTime.Alerts(
            s => s.NewTerm("t", n => n.Text, TimeSpan.FromDays(1)), input, new EngineOptions { Learn = TimeSpan.FromHours(1) }));
    }

    [Fact]
    public void A_full_table_says_a_further_term_each_time_and_counts_it()
    {
        var script = new QueryScript();
        script.Query("q", Severity.Low, "Two terms at most")
            .From(audit => audit.All.NewTerm("t", e => ((Note)e).Text, TimeSpan.FromSeconds(100), maxTerms: 2)).Alert(n => n.Term);
        var (alerts, _, statistics) = VirtualTime.Run(script, VirtualTime.Each(
            "x@0 y@1 z@2 z@3 x@4 z@105 z@106 z@107".Split(' ').Select(n => n.Split('@'))
                .Select(n => VirtualTime.Note(int.Parse(n[1]), n[0]))));

        // At 106 the watermark has come to 101 and y has been forgotten, so z has a place.
        Assert.Equal("x y z z z z", string.Join(' ', alerts.Select(a => a.Message)));
        Assert.Equal((3, 2), (statistics.Queries["q"].CapsHit, statistics.Queries["q"].Held));
    }

    [Fact]
    [Trait("Found", "O1")]
    public void A_full_table_forgets_no_term_that_may_still_come()
    {
        // x is known up to 100; what makes room for z at 102 must not forget it, as 99 has not passed.
        var script = new QueryScript();
        script.Query("q", Severity.Low, "Two terms at most")
            .From(audit => audit.All.NewTerm("t", e => ((Note)e).Text, TimeSpan.FromSeconds(100), maxTerms: 2)).Alert(n => n.Term);
        var (alerts, _, _) = VirtualTime.Run(script, VirtualTime.Each(
            "x@0 y@50 z@102 x@99".Split(' ').Select(n => n.Split('@')).Select(n => VirtualTime.Note(int.Parse(n[1]), n[0]))));
        Assert.Equal("x y z", string.Join(' ', alerts.Select(a => a.Message)));
    }

    [Fact]
    public void A_term_keeps_its_type_and_the_parts_of_a_tuple_their_places()
    {
        var (alerts, _, _) = VirtualTime.Run(
            Script(), VirtualTime.Each([VirtualTime.Note(0, "a,b"), VirtualTime.Note(1, "ab,"), VirtualTime.Note(2, ",ab")]));
        Assert.Equal(["a, b", "ab, ", ", ab"], alerts.Select(a => a.Key));

        static QueryScript Script()
        {
            var script = new QueryScript();
            script.Query("q", Severity.Low, "Tuples")
                .From(audit => audit.All
                    .NewTerm("t", e => (((Note)e).Text.Split(',')[0], ((Note)e).Text.Split(',')[1]), TimeSpan.FromDays(1)))
                .Alert(_ => "");
            return script;
        }
    }

    [Fact]
    public void A_million_terms_take_at_most_80_bytes_each()
    {
        var table = new TermTable(TimeSpan.FromDays(30).Ticks, int.MaxValue);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < 1_000_000; i++)
        {
            table.See(
                new UInt128((ulong)i * 0x9E3779B97F4A7C15, (ulong)i * 0xC2B2AE3D27D4EB4F + 1),
                VirtualTime.Start.Ticks + i,
                VirtualTime.Start.Ticks);
        }
        long after = GC.GetTotalMemory(forceFullCollection: true);
        Assert.Equal(1_000_000, table.Count);
        Assert.InRange((after - before) / 1e6, 1, 80);
    }

    private static IReadOnlyList<Alert> Run(Func<IObservable<Note>, IObservable<Note>> before, IEnumerable<Note> notes) =>
        VirtualTime.Alerts(
            source => before(source).NewTerm("t", n => n.Text, TimeSpan.FromDays(1), TimeSpan.FromSeconds(10)), VirtualTime.Each(notes));
}
