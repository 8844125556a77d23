using System.Globalization;
using System.Reactive.Linq;
using Streams.Testing;
using Xunit;

namespace Streams.Engine.Tests.Operators;

/// <summary>What is known (<c>k</c>) accounts for elements (<c>e</c>) of its key, the letter after it; others are let through.</summary>
public class UnlessTests
{
    [Theory]
    [InlineData("nothing is known", "ea1", "a1")]
    [InlineData("known before it", "ka0 ea1", "")]
    [InlineData("known of another key", "kb0 ea1", "a1")]
    [InlineData("let through at once, whatever comes to be known", "ea1 ka2", "a1")]
    [InlineData("it occurred before what has already come", "ka5 ea1", "")]
    [InlineData("just remembered", "ka0 ea99.9", "")]
    [InlineData("forgotten at exactly that age", "ka0 ea100", "a100")]
    [InlineData("known anew", "ka0 ka50 ea120", "")]
    [InlineData("what is older does not shorten it", "ka50 ka0 ea120", "")]
    public void A_hundred_seconds(string because, string notes, string expected)
    {
        Assert.NotEmpty(because);
        Note[] input = [.. notes.Split(' ').Select(n => VirtualTime.Note(double.Parse(n[2..], CultureInfo.InvariantCulture), n))];
        var alerts = VirtualTime.Alerts(
            source => source.Where(n => n.Text[0] == 'e')
                .Unless("known", source.Where(n => n.Text[0] == 'k'), e => e.Text[1], k => k.Text[1], TimeSpan.FromSeconds(100)),
            VirtualTime.Each(input), message: e => e.Text[1..]);
        Assert.Equal(expected, string.Join('|', alerts.Select(a => a.Message)));
    }

    [Fact]
    public void Hosts_do_not_mix()
    {
        var alerts = VirtualTime.Alerts(
            source => source.Where(n => n.Text == "e").Unless("known", source.Where(n => n.Text == "k"), _ => 1, _ => 1, TimeSpan.FromSeconds(100)),
            VirtualTime.Each([VirtualTime.Note(0, "k"), VirtualTime.Note(1, "e", "other"), VirtualTime.Note(2, "e")]));
        Assert.Equal("other", Assert.Single(alerts).Host);
    }

    [Fact]
    public void With_too_many_keys_what_would_be_forgotten_first_makes_room_and_is_counted()
    {
        var script = new QueryScript();
        script.Query("tested", Streams.Events.Severity.Low, "Tested")
            .From(audit =>
            {
                IObservable<Note> notes = audit.All.OfType<Note>();
                return notes.Where(n => n.Text[0] == 'e').Unless(
                    "known", notes.Where(n => n.Text[0] == 'k'), e => e.Text[1], k => k.Text[1], TimeSpan.FromSeconds(100), maxKeys: 2);
            })
            .Alert(e => e.Text);
        var run = VirtualTime.Run(script, VirtualTime.Each(
            [VirtualTime.Note(0, "ka"), VirtualTime.Note(1, "kb"), VirtualTime.Note(2, "kc"), VirtualTime.Note(3, "ea"), VirtualTime.Note(4, "eb")]));
        Assert.Equal(["ea"], run.Alerts.Select(a => a.Message));
        Assert.Equal(1, run.Statistics.Queries["tested"].CapsHit);
        Assert.Equal(2, run.Statistics.Queries["tested"].Held);
    }
}
