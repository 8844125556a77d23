using Streams.Events;
using Streams.Events.Input;
using Streams.Testing;
using Xunit;

namespace Streams.Engine.Tests.Operators;

/// <summary>Silence goes by the shard clock: it starts exactly <c>after</c> the last arrival, whenever that is noticed.</summary>
public class SilenceTests
{
    [Theory]
    [InlineData("not yet", "a@0 29.9", "")]
    [InlineData("exactly then", "a@0 30", "start a@30 #1")]
    [InlineData("however late the clock moves on", "a@0 1000", "start a@30 #1")]
    [InlineData("it is back", "a@0 45 a@61", "start a@30 #1|end a@30-61 #1")]
    [InlineData("and silent again", "a@0 45 a@61 90 91", "start a@30 #1|end a@30-61 #1|start a@91 #1")]
    [InlineData("a gap between two events", "a@0 a@100", "start a@30 #1|end a@30-100 #1")]
    [InlineData("an event just in time", "a@0 a@29.9 59.8", "")]
    [InlineData("an event at exactly the deadline comes after it", "a@0 a@30", "start a@30 #1|end a@30-30 #1")]
    [InlineData("several keys", "a@0 b@0 c@0 11 c@20 45 80", "start a@30 #1|start b@30 #1|start c@50 #1")]
    [InlineData("nobody was ever there", "0 1000", "")]
    [InlineData("an old event that arrives now is a sign of life", "a@0 20 a@5 40", "")]
    public void Thirty_seconds(string because, string input, string expected)
    {
        Assert.NotEmpty(because);
        double now = 0;
        var records = new List<InputRecord>();
        foreach (string word in input.Split(' '))
        {
            string[] parts = word.Split('@');
            double time = double.Parse(parts[^1], System.Globalization.CultureInfo.InvariantCulture);
            now = Math.Max(now, time);
            records.Add(parts.Length == 1 ? VirtualTime.Tick(time) : VirtualTime.Arrive(now, VirtualTime.Note(time, parts[0])));
        }

        Assert.Equal(expected, Run(records));
    }

    [Theory]
    [InlineData("what was due before the outage fires", 10, 40, 100, "start a@30 #1")]
    [InlineData("the outage does not count", 10, 20, 100, "start a@110 #1")]
    [InlineData("an event after the outage", 130, 20, 100, "start a@110 #1|end a@110-130 #1")]
    public void The_time_in_which_the_process_was_down_does_not_count(string because, double again, double from, double to, string expected)
    {
        Assert.NotEmpty(because);
        var records = new List<InputRecord> { VirtualTime.Arrive(0, VirtualTime.Note(0, "a")) };
        records.Add(VirtualTime.Arrive(to, new Outage("a", VirtualTime.At(from), VirtualTime.At(to), 1)));
        if (again > to) records.Add(VirtualTime.Arrive(again, VirtualTime.Note(again, "a")));
        else records.Add(VirtualTime.Tick(120));
        Assert.Equal(expected, Run(records));
    }

    [Theory]
    [InlineData("the collector that heard it was down", "notes", "10-25", "start a@45 #1")]
    [InlineData("another was down", "files", "10-25", "start a@30 #1")]
    [InlineData("told piece by piece, it lasts longer than the key may be silent", "notes", "10-20 20-30 30-40 40-50", "start a@70 #1")]
    [InlineData("what is told twice counts once", "notes", "10-20 15-25", "start a@45 #1")]
    [InlineData("what the whole process was down counts once", "streams,notes", "10-20 10-20", "start a@40 #1")]
    public void The_time_in_which_the_intake_of_its_collector_was_down_does_not_count(
        string because, string collectors, string outages, string expected)
    {
        Assert.NotEmpty(because);
        string[] names = collectors.Split(',');
        var records = new List<InputRecord> { VirtualTime.Arrive(0, VirtualTime.Note(0, "a")) };
        foreach ((int i, string outage) in outages.Split(' ').Index())
        {
            double[] bounds = [.. outage.Split('-').Select(b => double.Parse(b, System.Globalization.CultureInfo.InvariantCulture))];
            string collector = names[Math.Min(i, names.Length - 1)];
            records.Add(VirtualTime.Arrive(
                bounds[1], new Outage("a", VirtualTime.At(bounds[0]), VirtualTime.At(bounds[1]), (ulong)i, collector)));
        }

        records.Add(VirtualTime.Tick(90));
        Assert.Equal(expected, Run(records));
    }

    [Theory]
    [Trait("Found", "A5")]
    [InlineData("the same host and collector", "a", "notes", false, "start a@45 #1")]
    [InlineData("the collector of another host", "b", "notes", false, "start a@30 #1")]
    [InlineData("the process of the host", "a", Outage.Process, false, "start a@45 #1")]
    [InlineData("the process of another host", "b", Outage.Process, false, "start a@30 #1")]
    [InlineData("the process that hears all hosts", "b", Outage.Process, true, "start a@45 #1")]
    [InlineData("a collector of the process that hears all hosts", "b", "notes", true, "start a@30 #1")]
    public void An_outage_concerns_the_host_that_names_itself(string because, string host, string collector, bool isOwn, string expected)
    {
        Assert.NotEmpty(because);
        foreach (int shards in (int[])[1, 2, 5])
        {
            foreach (bool fleet in (bool[])[false, true])
            {
                IEnumerable<InputRecord> input =
                [
                    VirtualTime.Arrive(0, VirtualTime.Note(0, "a")),
                    VirtualTime.Arrive(25, new Outage(host, VirtualTime.At(10), VirtualTime.At(25), 1, collector)) with { IsOwn = isOwn },
                    VirtualTime.Tick(90),
                ];
                Assert.Equal(expected, string.Join('|', VirtualTime.Lines(VirtualTime.Alerts(
                    notes => (fleet ? notes.Fleet() : notes).Silence("s", n => n.Text, TimeSpan.FromSeconds(30)),
                    input,
                    new EngineOptions { Shards = shards }))));
            }
        }
    }

    [Fact]
    [Trait("Found", "A5")]
    public void A_host_that_names_many_collectors_takes_the_room_of_no_other()
    {
        IEnumerable<InputRecord> input =
        [
            VirtualTime.Arrive(0, VirtualTime.Note(0, "a"), VirtualTime.Note(0, "b", "b")),
            .. Enumerable.Range(0, 1000).Select(i =>
                VirtualTime.Arrive(15, new Outage("b", VirtualTime.At(10), VirtualTime.At(15), (ulong)i, $"collector-{i}"))),
            VirtualTime.Arrive(25, new Outage("a", VirtualTime.At(10), VirtualTime.At(25), 1, "notes")),
            VirtualTime.Tick(90),
        ];
        Assert.Equal("start b@30 #1|start a@45 #1", Run(input));
    }

    [Fact]
    public void The_message_says_since_when()
    {
        Alert alert = VirtualTime.Alerts(
            notes => notes.Silence("s", n => n.Host, TimeSpan.FromMinutes(5)),
            [VirtualTime.Arrive(7, VirtualTime.Note(3, "x", "web")), VirtualTime.Tick(1000)],
            message: s => $"{s.Key} has been silent since {s.LastSeen:u}").Single();
        Assert.Equal("web has been silent since 2026-01-02 00:00:07Z", alert.Message);
        Assert.Equal(("web", VirtualTime.At(307), VirtualTime.At(3)), (alert.Host, alert.Timestamp, alert.Trigger.Occurred));
    }

    private static string Run(IEnumerable<InputRecord> input) =>
        string.Join('|', VirtualTime.Lines(VirtualTime.Alerts(notes => notes.Silence("s", n => n.Text, TimeSpan.FromSeconds(30)), input)));
}
