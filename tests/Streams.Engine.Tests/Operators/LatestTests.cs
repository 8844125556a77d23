using System.Globalization;
using System.Reactive.Linq;
using Streams.Engine.Shards;
using Streams.Events.Input;
using Streams.Testing;
using Xunit;

namespace Streams.Engine.Tests.Operators;

/// <summary>Binds are known (<c>b</c>), listens ask (<c>l</c>); what is found is shown as bind before listen.</summary>
public class LatestTests
{
    [Theory]
    [InlineData("the last before it", "b1 b2 l3", "b2 l3")]
    [InlineData("nothing is known", "l3", "")]
    [InlineData("each asks anew", "b1 l2 l3", "b1 l2|b1 l3")]
    [InlineData("the known one arrives after", "l3 b1", "b1 l3")]
    [InlineData("what occurred after it is not known to it", "l3 b4", "")]
    [InlineData("not the newest, but the last before it", "b1 b4 l3", "b1 l3")]
    [InlineData("forgotten at exactly that age", "b0 l100", "")]
    [InlineData("just remembered", "b0 l99.9", "b0 l99.9")]
    [InlineData("waiting ends with the watermark", "l3 z9 b1", "")]
    public void A_hundred_seconds(string because, string notes, string expected)
    {
        Assert.NotEmpty(because);
        IEnumerable<InputRecord> input = VirtualTime.Each(
            notes.Split(' ').Select(n => VirtualTime.Note(double.Parse(n[1..], CultureInfo.InvariantCulture), n)));
        var alerts = VirtualTime.Alerts(
            source => source.Where(n => n.Text[0] == 'l')
                .Latest("known", source.Where(n => n.Text[0] == 'b'), _ => 1, _ => 1, TimeSpan.FromSeconds(100)),
            input, message: l => $"{l.Known.Text} {l.Event.Text}");
        Assert.Equal(expected, string.Join('|', alerts.Select(a => a.Message)));
        Assert.All(alerts, a => Assert.Equal(2, a.Evidence.Count));
    }

    [Theory]
    [InlineData("the last before it", "b1 b2 l3", "b2 l3")]
    [InlineData("nothing is known, at once", "l3 b1", "- l3")]
    [InlineData("what occurred after it is not known to it", "b4 l3", "- l3")]
    [InlineData("forgotten at exactly that age", "b0 l100", "- l100")]
    [Trait("Found", "Q1")]
    public void Or_none_passes_what_has_no_known_value(string because, string notes, string expected)
    {
        Assert.NotEmpty(because);
        IEnumerable<InputRecord> input = VirtualTime.Each(
            notes.Split(' ').Select(n => VirtualTime.Note(double.Parse(n[1..], CultureInfo.InvariantCulture), n)));
        var alerts = VirtualTime.Alerts(
            source => source.Where(n => n.Text[0] == 'l')
                .LatestOrNone("known", source.Where(n => n.Text[0] == 'b'), _ => 1, _ => 1, TimeSpan.FromSeconds(100)),
            input, message: l => $"{l.Known?.Text ?? "-"} {l.Event.Text}");
        Assert.Equal(expected, string.Join('|', alerts.Select(a => a.Message)));
        Assert.All(alerts, a => Assert.Equal(a.Message[0] == '-' ? 1 : 2, a.Evidence.Count));
    }

    [Fact]
    public void Keys_and_hosts_do_not_mix()
    {
        IEnumerable<InputRecord> input = VirtualTime.Each(
            [
                VirtualTime.Note(0, "b1"), VirtualTime.Note(1, "b2"), VirtualTime.Note(2, "l1", "other"), VirtualTime.Note(3, "l1"),
                VirtualTime.Note(4, "l3"),
            ]);
        Assert.Equal("1@a", Assert.Single(VirtualTime.Alerts(
            source => source.Where(n => n.Text[0] == 'l')
                .Latest("known", source.Where(n => n.Text[0] == 'b'), l => l.Text[1..], b => b.Text[1..], TimeSpan.FromSeconds(100)),
            input, message: l => $"{l.Key}@{l.Host}")).Message);
    }

    [Fact]
    public void A_key_has_one_deadline_however_often_something_waits_for_it()
    {
        // Each l waits until the watermark has passed it, while the known b is due in a day.
        var deadlines = new CountingDeadlines();
        var state = new KeyedState<int, Entry>(new Owner(), deadlines, 10);
        var entry = new Entry(1);
        state.Add(entry);
        state.SetDue(entry, 1_000_000);
        for (int i = 1; i < 1000; i++)
        {
            state.SetDue(entry, i);
            state.Fire(i);
        }

        Assert.Equal(1000, deadlines.Armed);
        Assert.Equal(1, state.Count);
    }

    private sealed class Entry(int key) : Keyed<int>(key);

    private sealed class CountingDeadlines : IDeadlines
    {
        public int Armed { get; private set; }

        public void Arm(long due, IDueTarget target) => Armed++;
    }

    private sealed class Owner : IKeyedOwner<int, Entry>
    {
        public QueryRun Run => null!;

        public void CountCap()
        {
        }

        public void OnDue(KeyedState<int, Entry> state, Entry entry, long due) => state.SetDue(entry, 1_000_000);

        public void OnEvicted(KeyedState<int, Entry> state, Entry entry)
        {
        }
    }
}
