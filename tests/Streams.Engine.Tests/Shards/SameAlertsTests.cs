using System.Reactive.Linq;
using CsCheck;
using Streams.Events;
using Streams.Events.Input;
using Streams.Testing;
using Xunit;

namespace Streams.Engine.Tests.Shards;

/// <summary>The same input gives the same alerts, byte for byte, however it is cut, ticked and spread.</summary>
public class SameAlertsTests
{
    private static readonly Gen<(int Host, int Text, int Step, int Late)> Notes = Gen.Select(
        Gen.Int[0, 4],
        Gen.Int[0, 5],
        Gen.Frequency((6, Gen.Int[0, 3]), (2, Gen.Int[4, 40]), (1, Gen.Int[100, 2000])),
        Gen.Frequency((3, Gen.Const(0)), (1, Gen.Int[0, 4])));

    [Fact]
    public void With_any_number_of_shards_batches_and_ticks() => Notes.List[1, 120].Sample(
        steps =>
        {
            List<Event> events = Events(steps);
            string plain = Run(Each(events, 1, 0), 1);
            foreach (int shards in (int[])[1, 2, 7])
            {
                foreach (int batch in (int[])[1, 7, 10_000])
                {
                    foreach (int ticks in (int[])[0, 3])
                    {
                        string got = Run(Each(events, batch, ticks), shards);
                        if (got != plain)
                        {
                            throw new InvalidOperationException(
                                $"{shards} shards, batches of {batch}, ticks {ticks}:\n{Difference(plain, got)}");
                        }
                    }
                }
            }
        },
        iter: Campaign.Cases(40));

    [Fact]
    public void With_admission_times_and_any_number_of_shards() => Notes.List[1, 120].Sample(
        steps =>
        {
            List<Event> events = Events(steps);
            var input = new List<InputRecord>();
            double now = 0;
            for (int i = 0; i < events.Count; i += 5)
            {
                now = Math.Max(now + 0.5, (events[i].Occurred - VirtualTime.Start).TotalSeconds);
                input.Add(new Batch(events.Skip(i).Take(5).ToArray(), VirtualTime.At(now)));
            }

            string plain = Run(input, 1);
            foreach (int shards in (int[])[2, 7])
            {
                string got = Run(input, shards);
                if (got != plain) throw new InvalidOperationException($"{shards} shards:\n{Difference(plain, got)}");
            }
        },
        iter: Campaign.Cases(40));

    [Fact]
    public void With_the_backlog_of_a_host_two_hours_late_but_for_what_is_about_arrival() => Notes.List[1, 120].Sample(
        steps =>
        {
            List<Event> events = Events(steps);
            DateTimeOffset clock = events[0].Occurred;
            IEnumerable<InputRecord> late =
            [
                .. events
                    .Select(e => (
                        Event: e,
                        Arrives: (clock = e.Occurred > clock ? e.Occurred : clock) + TimeSpan.FromHours(e.Host == "h1" ? 2 : 0)))
                    .OrderBy(e => e.Arrives).Select(e => new Batch(new[] { e.Event }, e.Arrives)),

                // Live, a long step is believed after a minute.
                new Tick(clock + TimeSpan.FromHours(2) + TimeSpan.FromMinutes(1)),
            ];
            Assert.Equal(Ids(Each(events, 1, 0)), Ids(late));
        },
        iter: Campaign.Cases(60));

    [Fact]
    public void Every_query_of_this_test_says_something()
    {
        // A test over queries that stay silent would show nothing.
        uint state = 1;
        List<Event> events = Events([.. Enumerable.Range(0, 600).Select(i => (Next(5), Next(6), i % 150 == 0 ? 60 : Next(2), Next(4)))]);
        var (alerts, _, _) = VirtualTime.Run(Script(), Each(events, 1, 0));
        Assert.Equal(Script().Queries.Select(q => q.Name).Order(), alerts.Select(a => a.Query).Distinct().Order());

        int Next(uint below) => (int)(((state = state * 1664525 + 1013904223) >> 16) % below);
    }

    private static string Run(IEnumerable<InputRecord> input, int shards) => string.Join('\n', VirtualTime.Documents(
        VirtualTime.Alerts(Script(), input, new EngineOptions { Shards = shards })));

    private static IEnumerable<string> Ids(IEnumerable<InputRecord> input)
    {
        string[] aboutArrival =
        [
            .. Script().Queries.Select(q => q.Name)
                .Where(n => n.StartsWith("fleet-", StringComparison.Ordinal) || n is "silence" or "rx-timer"),
        ];
        return VirtualTime.Alerts(Script(), input)
            .Where(a => a.Status == AlertStatus.Start && !aboutArrival.Contains(a.Query)).Select(a => a.Id).Order();
    }

    private static QueryScript Script()
    {
        var script = new QueryScript();
        Query("each").From(a => a.All.OfType<Note>().Where(n => n.Text == "0")).Alert(n => n.Text, n => n.Text);
        Query("new-term").From(a => a.All.OfType<Note>()
            .NewTerm("t", n => n.Text, TimeSpan.FromSeconds(60), learn: TimeSpan.FromSeconds(20)))
            .Alert(n => n.Term);
        Query("suppressed").From(a => a.All.OfType<Note>().Suppress("s", n => n.Text, TimeSpan.FromSeconds(20))).Alert(s => $"{s.Count}");
        Query("frequent").From(a => a.All.OfType<Note>()
            .Frequency("f", n => n.Text, 3, TimeSpan.FromSeconds(15)))
            .Alert(f => $"{f.Count} {f.First:o} {f.Last:o}");
        Query("distinct").From(a => a.All.OfType<Note>()
            .Frequency("f", _ => 1, 3, TimeSpan.FromSeconds(15), distinct: n => n.Text))
            .Alert(f => $"{f.Count}");
        Query("sequence").From(a => a.All.OfType<Note>()
            .Sequence("s", _ => 1, TimeSpan.FromSeconds(15), n => n.Text == "1", n => n.Text == "2", n => n.Text == "3"))
            .Alert(s => $"{s.First}");
        Query("absence").From(a => a.All.OfType<Note>()
            .Sequence("s", _ => 1, TimeSpan.FromSeconds(15), s => s.Then(n => n.Text == "1").Not(n => n.Text == "4")))
            .Alert(s => $"{s.First}");
        Query("latest").From(a => a.All.OfType<Note>().Where(n => n.Text == "3")
            .Latest("l", a.All.OfType<Note>().Where(n => n.Text == "2"), _ => 1, _ => 1, TimeSpan.FromSeconds(30)))
            .Alert(l => $"{l.Known} {l.Event}");
        Query("chain").From(a => a.All.OfType<Note>()
            .Frequency("f", n => n.Text, 2, TimeSpan.FromSeconds(10)).Suppress("s", _ => 1, TimeSpan.FromSeconds(40)))
            .Alert(s => $"{s.Count}");
        Query("silence").From(a => a.All.Silence("s", e => e.Host, TimeSpan.FromSeconds(25))).Alert(s => $"{s.LastSeen:o}");
        Query("rx-timer").Volatile().From(a => a.All.OfType<Note>()
            .PerHost(h => h.Throttle(TimeSpan.FromSeconds(5), QueryScript.Clock)))
            .Alert(n => n.Text);
        Query("rx-buffer").Volatile().From(a => a.All.OfType<Note>().PerHost(h => h.Buffer(3).Select(b => b[0]))).Alert(n => n.Text);
        Query("fleet-new").From(a => a.All.OfType<Note>().Fleet()
            .NewTerm("t", n => n.Text, TimeSpan.FromSeconds(60)))
            .Alert(n => $"{n.Host}");
        Query("fleet-frequent").From(a => a.All.OfType<Note>().Fleet()
            .Frequency("f", n => n.Text, 4, TimeSpan.FromSeconds(10)))
            .Alert(f => $"{f.Count} {f.Host}");
        Query("fleet-absence").From(a => a.All.OfType<Note>().Fleet()
            .Sequence("s", _ => 1, TimeSpan.FromSeconds(15), s => s.Then(n => n.Text == "1").Not(n => n.Text == "4")))
            .Alert(s => $"{s.First}");
        Query("fleet-silence").From(a => a.All.Fleet().Silence("s", e => e.Host, TimeSpan.FromSeconds(25))).Alert(s => $"{s.LastSeen:o}");
        Query("fleet-rx").Volatile().From(a => a.All.OfType<Note>().Fleet()
            .Sample(TimeSpan.FromSeconds(7), QueryScript.Clock))
            .Alert(n => n.Text);
        return script;

        QueryBuilder Query(string name) => script.Query(name, Severity.Medium, "Part of the test");
    }

    private static List<Event> Events(List<(int Host, int Text, int Step, int Late)> steps)
    {
        var events = new List<Event>();
        int time = 0;
        for (int i = 0; i < steps.Count; i++)
        {
            time += steps[i].Step;
            events.Add(VirtualTime.Note(Math.Max(0, time - steps[i].Late), $"{steps[i].Text}", $"h{steps[i].Host}", (ulong)i));
        }

        return events;
    }

    private static IEnumerable<InputRecord> Each(List<Event> events, int batch, int ticks)
    {
        DateTimeOffset clock = events[0].Occurred;
        for (int i = 0; i < events.Count; i += batch)
        {
            Event[] part = [.. events.Skip(i).Take(batch)];
            for (int tick = 1; tick <= ticks && part[0].Occurred > clock; tick++)
                yield return new Tick(clock + tick * (part[0].Occurred - clock) / ticks);
            yield return new Batch(part);
            foreach (Event e in part) clock = e.Occurred > clock ? e.Occurred : clock;
        }
    }

    private static string Difference(string expected, string got)
    {
        string[] one = expected.Split('\n');
        string[] two = got.Split('\n');
        int i = 0;
        while (i < one.Length && i < two.Length && one[i] == two[i]) i++;
        return $"at {i}: expected\n{(i < one.Length ? one[i] : "the end")}\ngot\n{(i < two.Length ? two[i] : "the end")}";
    }
}
