using System.Globalization;
using Streams.Events.Input;
using Streams.Testing;
using Xunit;

namespace Streams.Engine.Tests.Operators;

public class SuppressTests
{
    [Theory]
    [InlineData("once a period",
        "a@0 a@10 a@49.9", "start a@0 #1|update a@10 #2")]
    [InlineData("the period is over at exactly its length",
        "a@0 a@50 z@55", "start a@0 #1|start a@50 #1|end a@0-50 #1|start z@55 #1")]
    [InlineData("keys apart",
        "a@0 b@1 a@2", "start a@0 #1|start b@1 #1|update a@2 #2")]
    [InlineData("said again when the count has doubled",
        "a@0 a@1 a@2 a@3 a@4 a@5 a@6 a@7", "start a@0 #1|update a@1 #2|update a@3 #4|update a@7 #8")]
    [InlineData("it ends by the watermark",
        "a@0 z@54.9", "start a@0 #1|start z@54.9 #1")]
    [InlineData("it ends by the watermark, now",
        "a@0 z@55", "start a@0 #1|end a@0-50 #1|start z@55 #1")]
    [InlineData("what occurred before it belongs to it, and begins the period",
        "a@10 a@8 z@63", "start a@10 #1|update a@10 #2|end a@10-58 #2|start z@63 #1")]
    public void Fifty_seconds(string because, string notes, string expected)
    {
        Assert.NotEmpty(because);
        IEnumerable<InputRecord> input = VirtualTime.Each(notes.Split(' ').Select(n => n.Split('@'))
            .Select(n => VirtualTime.Note(double.Parse(n[1], CultureInfo.InvariantCulture), n[0])));
        Assert.Equal(expected, string.Join('|', VirtualTime.Lines(
            VirtualTime.Alerts(source => source.Suppress("s", n => n.Text, TimeSpan.FromSeconds(50)), input))));
    }

    [Fact]
    [Trait("Found", "Q6")]
    public void The_newest_is_the_one_that_occurred_last()
    {
        IEnumerable<InputRecord> input = VirtualTime.Each(
            [
                VirtualTime.Note(10, "first"), VirtualTime.Note(12, "second"), VirtualTime.Note(11, "late"), VirtualTime.Note(13, "fourth"),
                VirtualTime.Note(80, "next"),
            ]);
        IEnumerable<string> messages = VirtualTime.Alerts(
            source => source.Suppress("s", _ => 1, TimeSpan.FromSeconds(50)), input, message: s => $"{s.Event.Text} {s.Newest.Text}")
            .Select(alert => $"{alert.Status} {alert.Message}");
        Assert.Equal(
            ["Start first first", "Update first second", "Update first fourth", "End first fourth", "Start next next"], messages);
    }

    [Fact]
    public void An_episode_that_goes_on_counts_once()
    {
        IEnumerable<InputRecord> input = VirtualTime.Each(Enumerable.Range(0, 20).Select(i => VirtualTime.Note(i, "a")));
        Assert.Equal("start 1@1 #1", string.Join('|', VirtualTime.Lines(VirtualTime.Alerts(
            source => source
                .Frequency("f", n => n.Text, 2, TimeSpan.FromSeconds(10))
                .Suppress("s", _ => 1, TimeSpan.FromSeconds(500)),
            input))));
    }
}
