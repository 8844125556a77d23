using System.Globalization;
using System.Reactive;
using System.Reactive.Linq;
using Streams.Events;
using Streams.Events.Input;
using Streams.Testing;
using Xunit;

namespace Streams.Engine.Tests.Operators;

/// <summary>
/// What arrives within the lateness, five seconds, counts as if it had arrived in order; what arrives later does not. Only the seconds of
/// the notes are written, in the order in which they arrive; <c>z@60</c> moves the watermark and counts nowhere, <c>y@60</c> is of another
/// collector of the host, for which the watermark waits. At the end all is over.
/// </summary>
[Trait("Found", "O1")]
public class OrderOfArrivalTests
{
    [Theory]
    [InlineData("in order", "0 1 59.5 64", "start k@59.5 #3|end k@59.5-124 #4")]
    [InlineData("the third arrives after one behind its window", "0 1 64 59.5", "start k@59.5 #4|end k@59.5-124 #4")]
    [InlineData("the window is filled from the middle", "0 58 62 59", "start k@59 #4|end k@59-122 #4")]
    [InlineData("the first of a window arrives last", "59 62 63 58.5", "start k@63 #3|end k@63-123 #4")]
    [InlineData("what was before the window counts when it was filled before", "0 61 62 63 59 z@70", "start k@63 #3|end k@63-123 #4")]
    [InlineData("the episode starts with an older one", "0 58 62 62.5 59", "start k@62.5 #3|end k@62.5-122.5 #5")]
    [InlineData("at the watermark is too late", "0 1 64.5 59.5", "")]
    [InlineData("behind the watermark is too late", "0 1 70 59.5", "")]
    [InlineData("others have moved the watermark", "0 1 z@65 59.5", "")]
    [InlineData("a gap that is closed", "0 1 2 63 61", "start k@2 #3|end k@2-123 #5")]
    [InlineData("a gap that stays", "0 1 2 63 64 65", "start k@2 #3|end k@2-62 #3|start k@65 #3|end k@65-125 #3")]
    [InlineData("too late for an open episode", "0 1 2 20 3 15", "start k@2 #3|end k@2-80 #4")]
    [InlineData("too late to keep an episode open", "0 1 2 z@67 61.9 62.5", "start k@2 #3|end k@2-62 #3")]
    [InlineData("too late to open an episode again", "0 1 2 z@70 50 51 52", "start k@2 #3|end k@2-62 #3")]
    [InlineData("an episode before the open one", "y@-60 100 101 102 y@20 y@21 y@22 y@170",
        "start k@102 #3|start k@22 #3|end k@22-82 #3|end k@102-162 #3")]
    [InlineData("an episode before the open one that is the same", "y@-60 100 101 102 y@20 y@21 y@22 y@61 y@170",
        "start k@102 #3|update k@102 #7|end k@102-162 #7")]
    public void Three_within_a_minute(string because, string notes, string expected)
    {
        Assert.NotEmpty(because);
        Assert.Equal(expected, Run(source => source.Frequency("f", n => n.Text, 3, TimeSpan.FromMinutes(1)), notes));
    }

    [Theory]
    [InlineData("in order", "1@0 2@1 1@59 3@59.5 2@64", "start k@59.5 #3|end k@59.5-124 #3")]
    [InlineData("the third arrives last", "1@0 2@1 1@59 2@64 3@59.5", "start k@59.5 #3|end k@59.5-124 #3")]
    [InlineData("a value whose later sight arrived first", "1@0 2@58 1@62 3@59", "start k@59 #3|end k@59-122 #3")]
    [InlineData("a later sight of the first value arrives last", "1@55 2@57 3@59 1@56", "start k@59 #3|end k@59-119 #3")]
    [InlineData("a value counts once, also after the window", "1@0 2@0 3@0 4@50 1@70 1@120", "start k@0 #3|end k@0-180 #4")]
    [InlineData("too late for an open episode", "1@0 2@1 3@2 z@20 4@15", "start k@2 #3|end k@2-62 #3")]
    [InlineData("too late to fill a window", "1@0 2@1 z@20 3@15", "")]
    public void Three_different_within_a_minute(string because, string notes, string expected)
    {
        Assert.NotEmpty(because);
        Assert.Equal(expected, Run(
            source => source.Frequency("f", _ => "k", 3, TimeSpan.FromMinutes(1), distinct: n => n.Text), notes));
    }

    [Theory]
    [InlineData("in order", "8 10 57.9 58", "start k@8 #1|update k@10 #2|start k@58 #1|end k@8-58 #3|end k@58-108 #1")]
    [InlineData("the first arrives second", "10 8 57.9 58", "start k@10 #1|update k@10 #2|start k@58 #1|end k@10-58 #3|end k@58-108 #1")]
    [InlineData("the last arrives after the next has begun", "0 50.5 49",
        "start k@0 #1|start k@50.5 #1|update k@49 #2|end k@0-50 #2|end k@50.5-100.5 #1")]
    [InlineData("the next begins earlier", "0 53 51", "start k@0 #1|start k@53 #1|update k@53 #2|end k@0-50 #1|end k@53-101 #2")]
    [InlineData("what is behind the period of an earlier first", "y@0 100 149 y@95",
        "start k@0 #1|start k@100 #1|update k@149 #2|end k@0-50 #1|start k@149 #1|end k@100-145 #2|end k@149-199 #1")]
    [InlineData("too late for an open episode", "0 20 3", "start k@0 #1|update k@20 #2|end k@0-50 #2")]
    [InlineData("too late, and reported before", "0 z@60 30", "start k@0 #1|end k@0-50 #1")]
    [InlineData("too late, and nothing has reported it", "z@100 20", "at k@20")]
    [InlineData("too late, once a period", "z@100 20 21 70 95.5", "at k@20|at k@70|start k@95.5 #1|end k@95.5-145.5 #1")]
    public void Once_in_fifty_seconds(string because, string notes, string expected)
    {
        Assert.NotEmpty(because);
        Assert.Equal(expected, Run(source => source.Suppress("s", n => n.Text, TimeSpan.FromSeconds(50)), notes));
    }

    [Theory]
    [InlineData("with the third", "0 1 2", "2")]
    [InlineData("with the one that fills the window", "0 1 64 59.5", "64")]
    [InlineData("the next, when it is known to be another", "0 1 2 63 64 65 z@66.9 z@67", "2 67")]
    [InlineData("the next, after the end", "0 1 2 z@80 100 101 102", "2 102")]
    public void A_frequency_is_reported_as_it_arrives(string because, string notes, string expected)
    {
        Assert.NotEmpty(because);
        Assert.Equal(expected, Starts(source => source.Frequency("f", n => n.Text, 3, TimeSpan.FromMinutes(1)), notes));
    }

    [Theory]
    [InlineData("with the first", "0 1 2", "0")]
    [InlineData("the next at once", "0 49.9 50", "0 50")]
    public void A_suppression_is_reported_as_it_arrives(string because, string notes, string expected)
    {
        Assert.NotEmpty(because);
        Assert.Equal(expected, Starts(source => source.Suppress("s", n => n.Text, TimeSpan.FromSeconds(50)), notes));
    }

    [Theory]
    [InlineData("in order", "f@0 f@1 t@10 t@10.03 f@60 f@61 t@70 f@80", "at 1@10|at 1@70")]
    [InlineData("swapped", "f@0 f@1 t@10.03 t@10 f@60 f@61 t@70 f@80", "at 1@10.03|at 1@70")]
    [InlineData("swapped, and long ago", "f@0 f@1 t@10.03 t@10 f@500 f@501 t@510 f@520", "at 1@10.03|at 1@510")]
    public void A_swap_delays_no_later_sequence_of_the_key(string because, string notes, string expected)
    {
        Assert.NotEmpty(because);
        Assert.Equal(
            expected,
            Run(
                source => source.Sequence(
                    "s", _ => 1, TimeSpan.FromSeconds(100), s => s.Then(n => n.Text == "f", times: 2).Then(n => n.Text == "t")),
                notes));
    }

    [Fact]
    public void Late_elements_are_counted()
    {
        var script = new QueryScript();
        script.Query("q", Severity.Low, "Two of three are late")
            .From(audit => audit.All.OfType<Note>().Frequency("f", n => n.Text, 3, TimeSpan.FromMinutes(1))).Alert(f => f.Key);
        Assert.Equal(2, VirtualTime.Run(script, Input("100 90 95 95.1")).Statistics.Queries["q"].Late);
    }

    [Theory]
    [InlineData("by an operator of Rx")]
    [InlineData("until an absence is known")]
    public void What_an_operator_kept_back_is_not_late(string because)
    {
        var script = new QueryScript();
        script.Query("q", Severity.Low, "Kept back").Volatile().From(audit =>
        {
            IObservable<Note> notes = audit.All.OfType<Note>().Where(n => n.Text == "k");
            return because == "by an operator of Rx"
                ? notes.PerHost(h => h.Buffer(3).SelectMany(b => b)).Frequency("f", _ => 1, 3, TimeSpan.FromMinutes(1)).Select(_ => "")
                : notes.Sequence("s", _ => 1, TimeSpan.FromSeconds(10), s => s.Then(_ => true).Not(n => n.Text == "x"))
                    .Frequency("f", _ => 1, 3, TimeSpan.FromMinutes(1)).Select(_ => "");
        }).Alert(_ => "");
        Assert.Single(VirtualTime.Alerts(script, Input("0 20 40 z@60")));
    }

    private static string Run<T>(Func<IObservable<Note>, IObservable<T>> compose, string notes) => string.Join(
        '|', VirtualTime.Lines(VirtualTime.Alerts(source => compose(source.Where(n => n.Text != "z")), Input($"{notes} z@1000 w@1000"))));

    // The seconds of the shard clock at which episodes start.
    private static string Starts<T>(Func<IObservable<Note>, IObservable<T>> compose, string notes)
        where T : Episode => string.Join(
            ' ', VirtualTime.Observe(source => compose(source.Where(n => n.Text != "z")), Input(notes))
                .Where(r => r.Value is { Kind: NotificationKind.OnNext, Value.Status: AlertStatus.Start })
                .Select(r => r.Time.ToString(CultureInfo.InvariantCulture)));

    private static IEnumerable<InputRecord> Input(string notes)
    {
        ulong serial = 0;
        return VirtualTime.Each(notes.Split(' ').Select(n => n.Split('@')).Select(n => VirtualTime.Note(
            double.Parse(n[^1], CultureInfo.InvariantCulture),
            n.Length == 1 || n[0] == "y" ? "k" : n[0] == "w" ? "z" : n[0],
            serial: ++serial,
            collector: n[0] is "y" or "w" ? "slow" : "notes")));
    }
}
