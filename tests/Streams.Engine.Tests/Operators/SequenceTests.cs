using System.Globalization;
using Streams.Events;
using Streams.Events.Input;
using Streams.Testing;
using Xunit;

namespace Streams.Engine.Tests.Operators;

/// <summary>Notes are written as <c>letter@second</c>, a number where they stand alone; what matched is shown the same way.</summary>
public class SequenceTests
{
    [Theory]
    [InlineData("a newer beginning takes the place of an older one, and is used up", "ab", "a1 a2 b3 b4", "a2 b3")]
    [InlineData("others lie between", "ab", "a1 z2 b3", "a1 b3")]
    [InlineData("the wrong way round", "ab", "b1 a2", "")]
    [InlineData("just inside", "ab", "a0 b9.999", "a0 b9.999")]
    [InlineData("a span of exactly the time is outside", "ab", "a0 b10", "")]
    [InlineData("the newer beginning is near enough", "ab", "a0 a8 b15", "a8 b15")]
    [InlineData("the time counts from the first", "abc", "a0 b6 c11", "")]
    [InlineData("two at once", "abc", "a0 b1 a2 c3 b4 c5", "a0 b1 c3|a2 b4 c5")]
    [InlineData("one is the end of one and the beginning of the next", "aa", "a1 a2 a3 a4 a5", "a1 a2|a2 a3|a3 a4|a4 a5")]
    [InlineData("three and then another", "aaab", "a1 a2 a3 a4 b5", "a2 a3 a4 b5")]
    [InlineData("only one ends it", "ab", "a1 b2 b3", "a1 b2")]
    [InlineData("the second arrives before the first", "ab", "b3 a1", "a1 b3")]
    [InlineData("the middle arrives last", "abc", "a1 c3 b2", "a1 b2 c3")]
    [InlineData("all arrive the wrong way round", "abc", "c3 b2 a1", "a1 b2 c3")]
    [InlineData("an older pair arrives after a newer one", "ab", "a5 b6 b4 a3", "a5 b6|a3 b4")]
    [InlineData("too late to be waited for", "ab", "b1 z20 a0", "")]
    [InlineData("a beginning that arrives after the end is used up with it", "ab", "a1 b3 a2 b4", "a1 b3")]
    [InlineData("a step that completes an earlier one", "abc", "a0 a2 c3 b4 c5 b1", "a2 b4 c5|a0 b1 c3")]
    [InlineData("one that was reported with a later end, and is decided", "ab", "a1 b6 b3 z8 a4", "a1 b6|a1 b3")]
    [InlineData("late, with what began before it", "ab", "a1 z8 b2", "a1 b2")]
    [InlineData("late, and nothing began before it", "ab", "a3 z9 b2", "")]
    [InlineData("late, it takes the place of nothing newer", "ab", "a3 z9 a2 b8", "a3 b8")]
    [Trait("Found", "O1")]
    public void In_ten_seconds(string because, string steps, string notes, string expected)
    {
        Assert.NotEmpty(because);
        Func<Note, bool>[] matches = [.. steps.Select(step => (Func<Note, bool>)(n => n.Text == step.ToString()))];
        Assert.Equal(expected, Run(source => source.Sequence("s", _ => 0, TimeSpan.FromSeconds(10), matches), notes));
    }

    [Theory]
    [InlineData("nothing came: said when the watermark has passed", "a0 z14.999", "")]
    [InlineData("nothing came", "a0 z15", "a0@10")]
    [InlineData("it came", "a0 b5 z30", "")]
    [InlineData("it came at exactly the end, which is outside", "a0 b10 z30", "a0@10")]
    [InlineData("it came before", "b0 a1 z30", "a1@11")]
    [InlineData("it arrived before the first, and occurred after it", "b5 a3 z30", "")]
    [InlineData("each beginning counts", "a0 a1 z30", "a0@10|a1@11")]
    [InlineData("one that came ends all that wait", "a0 a1 b2 z30", "")]
    public void And_then_none_within_ten_seconds(string because, string notes, string expected)
    {
        Assert.NotEmpty(because);
        string got = string.Join('|', VirtualTime.Alerts(
            source => source.Sequence("s", _ => 0, TimeSpan.FromSeconds(10), s => s.Then(n => n.Text == "a").Not(n => n.Text == "b")),
            Input(notes),
            message: s => Show(s) + FormattableString.Invariant($"@{(s.Started - VirtualTime.Start).TotalSeconds}"))
            .Select(a => a.Message));
        Assert.Equal(expected, got);
    }

    [Theory]
    [InlineData("none between", "a0 b5 z30", "a0 b5")]
    [InlineData("one between", "a0 x2 b5 z30", "")]
    [InlineData("one between that arrives late", "a0 b5 x2 z30", "")]
    [InlineData("one after the end", "a0 b5 x6 z30", "a0 b5")]
    [InlineData("a new beginning after it", "a0 x1 a2 b3 z30", "a2 b3")]
    [InlineData("the wrong way round, late", "b5 a3 z30", "a3 b5")]
    public void None_between(string because, string notes, string expected)
    {
        Assert.NotEmpty(because);
        Assert.Equal(expected, Run(
            source => source.Sequence(
                "s",
                _ => 0,
                TimeSpan.FromSeconds(10),
                s => s.Then(n => n.Text == "a").Not(n => n.Text == "x").Then(n => n.Text == "b")),
            notes));
    }

    [Fact]
    public void Failures_and_then_a_success()
    {
        Assert.Equal("f1 f2 f3 s4", Run(
            source => source.Sequence(
                "s", _ => 0, TimeSpan.FromMinutes(5), s => s.Then(n => n.Text == "f", times: 3).Then(n => n.Text == "s")),
            "f0 s0.5 f1 f2 f3 s4 s5"));
    }

    [Fact]
    public void Keys_and_hosts_do_not_mix()
    {
        InputRecord[] input = [.. VirtualTime.Each(
        [
            VirtualTime.Note(0, "a1"), VirtualTime.Note(1, "b2"), VirtualTime.Note(2, "b1", "other"), VirtualTime.Note(3, "b1"),
        ])];
        Alert alert = Assert.Single(VirtualTime.Alerts(
            notes => notes.Sequence("s", n => n.Text[1], TimeSpan.FromSeconds(10), n => n.Text[0] == 'a', n => n.Text[0] == 'b'), input));
        Assert.Equal(("1", "a", VirtualTime.At(3)), (alert.Key, alert.Host, alert.Started));
    }

    [Fact]
    public void A_sequence_of_one_step_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(
            () => VirtualTime.Alerts(n => n.Sequence("s", _ => 0, TimeSpan.FromSeconds(1), _ => true), []));
        Assert.Contains("two steps", error.Message, StringComparison.Ordinal);
    }

    private static string Run<TKey>(Func<IObservable<Note>, IObservable<Sequence<Note, TKey>>> compose, string notes) =>
        string.Join('|', VirtualTime.Alerts(compose, Input(notes), message: Show).Select(a => a.Message));

    private static string Show<TKey>(Sequence<Note, TKey> found) => string.Join(
        ' ', found.Events.Select(n => n.Text + (n.Occurred - VirtualTime.Start).TotalSeconds.ToString(CultureInfo.InvariantCulture)));

    private static IEnumerable<InputRecord> Input(string notes) => VirtualTime.Each(
        notes.Split(' ').Select(n => VirtualTime.Note(double.Parse(n[1..], CultureInfo.InvariantCulture), n[..1])));
}
