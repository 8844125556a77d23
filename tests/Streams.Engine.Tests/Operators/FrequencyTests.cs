using System.Globalization;
using Streams.Events.Input;
using Streams.Testing;
using Xunit;

namespace Streams.Engine.Tests.Operators;

/// <summary>Windows are (t − within, t]; an episode starts at the event that fills one, and ends when the window has emptied.</summary>
public class FrequencyTests
{
    [Theory]
    [InlineData("three within the window", 3, "0 5 9", "start k@9 #3")]
    [InlineData("a span of exactly the window is outside", 3, "0 5 10", "")]
    [InlineData("just inside", 2, "0 9.999", "start k@9.999 #2")]
    [InlineData("two pairs, one too far apart", 2, "20 30", "")]
    [InlineData("it goes on, and is said again when doubled", 3, "0 1 2 3 4 5 6", "start k@2 #3|update k@5 #6")]
    [InlineData("all at one time", 3, "0 0 0", "start k@0 #3")]
    [InlineData("one is enough", 1, "0 0.5 1", "start k@0 #1|update k@0.5 #2")]
    [InlineData("the window slides", 3, "0 5 12 13", "start k@13 #3")]
    [InlineData("two stamps that tie", 2, "5 5", "start k@5 #2")]
    [InlineData("late within the lateness", 3, "100 97 99", "start k@100 #3")]
    [InlineData("of those too far back none counts", 3, "0 100 1 99 96", "start k@100 #3")]
    [InlineData("the one in the middle arrives last", 3, "0 6 3", "start k@6 #3")]
    [InlineData("it ends when none has come for the window", 2, "0 1 20", "start k@1 #2|end k@1-11 #2")]
    [InlineData("and starts anew", 2, "0 1 16 17", "start k@1 #2|end k@1-11 #2|start k@17 #2")]
    [InlineData("one at exactly the end is outside", 2, "0 1 11 30", "start k@1 #2|end k@1-11 #2")]
    public void Ten_seconds(string because, int count, string seconds, string expected)
    {
        Assert.NotEmpty(because);
        ulong serial = 0;
        IEnumerable<InputRecord> input = VirtualTime.Each(Times(seconds).Select(t => VirtualTime.Note(t, "k", serial: ++serial)));
        Assert.Equal(expected, Run(notes => notes.Frequency("f", n => n.Text, count, TimeSpan.FromSeconds(10)), input));
    }

    [Theory]
    [InlineData("59 of 60 within the hour", 59, 60, "start k@58 #59")]
    [InlineData("61 of 60", 61, 60, "")]
    public void One_a_second(string because, int count, int events, string expected)
    {
        Assert.NotEmpty(because);
        Assert.Equal(expected, Run(
            notes => notes.Frequency("f", n => n.Text, count, TimeSpan.FromHours(1)),
            VirtualTime.Each(Enumerable.Range(0, events).Select(i => VirtualTime.Note(i, "k")))));
    }

    [Fact]
    public void What_is_an_hour_early_does_not_fill_the_window()
    {
        IEnumerable<double> times = [.. Range(0, 10), .. Range(-3600, 50), .. Range(10, 10), .. Range(20, 35), .. Range(55, 5)];
        Assert.Equal("start k@58 #59", Run(
            notes => notes.Frequency("f", n => n.Text, 59, TimeSpan.FromHours(1)),
            VirtualTime.Each(times.Select(t => VirtualTime.Note(t, "k")))));
    }

    [Fact]
    public void Keys_are_counted_apart_and_a_missing_one_is_a_key()
    {
        Assert.Equal("start a@4 #3|start -@6 #3", Run(
            notes => notes.Frequency("f", n => n.Text == "none" ? null : n.Text, 3, TimeSpan.FromSeconds(10)),
            VirtualTime.Each("a b a none a none none".Split(' ').Select((text, i) => VirtualTime.Note(i, text)))));
    }

    [Theory]
    [InlineData("three different", "1@0 2@1 3@2", "start -@2 #3")]
    [InlineData("the same counts once", "1@0 1@1 2@2", "")]
    [InlineData("a value counts from when it was last seen", "1@0 1@8 2@9 3@15", "start -@15 #3")]
    [InlineData("an earlier sight does not make it older", "1@10 1@6 2@11 3@19", "start -@19 #3")]
    [InlineData("out of order", "1@9 2@5 3@7", "start -@9 #3")]
    public void Distinct_values_within_ten_seconds(string because, string notes, string expected)
    {
        Assert.NotEmpty(because);
        IEnumerable<Note> input = notes.Split(' ').Select(n => n.Split('@'))
            .Select(n => VirtualTime.Note(double.Parse(n[1], CultureInfo.InvariantCulture), n[0]));
        Assert.Equal(expected, Run(
            source => source.Frequency("f", _ => (string?)null, 3, TimeSpan.FromSeconds(10), distinct: n => n.Text),
            VirtualTime.Each(input)));
    }

    [Fact]
    public void Hosts_are_counted_apart_but_in_a_fleet_query()
    {
        InputRecord[] input = [.. VirtualTime.Each([VirtualTime.Note(0, "k"), VirtualTime.Note(1, "k", "b"), VirtualTime.Note(2, "k")])];
        Assert.Equal("", Run(notes => notes.Frequency("f", n => n.Text, 3, TimeSpan.FromSeconds(10)), input));
        Assert.Equal("start k@2 #3", Run(notes => notes.Fleet().Frequency("f", n => n.Text, 3, TimeSpan.FromSeconds(10)), input));
    }

    [Fact]
    public void The_evidence_is_the_first_and_the_last_eight()
    {
        var alerts = VirtualTime.Alerts(
            notes => notes.Frequency("f", _ => 1, 40, TimeSpan.FromHours(1)),
            VirtualTime.Each(Enumerable.Range(0, 40).Select(i => VirtualTime.Note(i, $"{i}"))));
        Assert.Equal(
            "0 1 2 3 4 5 6 7 32 33 34 35 36 37 38 39",
            string.Join(' ', Assert.Single(alerts).Evidence.Cast<Note>().Select(n => n.Text)));
    }

    [Fact]
    public void With_too_many_keys_the_oldest_makes_room_and_is_counted()
    {
        var script = new QueryScript();
        script.Query("q", Events.Severity.Low, "Two keys at most")
            .From(audit => audit.All.Frequency("f", e => ((Note)e).Text, 2, TimeSpan.FromSeconds(10), maxKeys: 2)).Alert(f => f.Key);
        var (alerts, _, statistics) = VirtualTime.Run(
            script, VirtualTime.Each("a b c b a c".Split(' ').Select((text, i) => VirtualTime.Note(i * 0.1, text))));
        Assert.Equal(["b", "b"], alerts.Select(a => a.Key));
        Assert.Equal(3, statistics.Queries["q"].CapsHit);
        Assert.Equal(2, statistics.Queries["q"].Held);
    }

    private static string Run<T>(Func<IObservable<Note>, IObservable<T>> compose, IEnumerable<InputRecord> input) =>
        string.Join('|', VirtualTime.Lines(VirtualTime.Alerts(compose, input)));

    private static IEnumerable<double> Times(string seconds) =>
        seconds.Split(' ').Select(s => double.Parse(s, CultureInfo.InvariantCulture));

    private static IEnumerable<double> Range(int from, int count) => Enumerable.Range(from, count).Select(i => (double)i);
}
