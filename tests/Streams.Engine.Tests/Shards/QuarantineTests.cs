using System.Reactive.Linq;
using Streams.Events;
using Streams.Events.Input;
using Streams.Testing;
using Xunit;

namespace Streams.Engine.Tests.Shards;

/// <summary>How a query gets into quarantine, and what happens when it is released.</summary>
public class QuarantineTests
{
    private static readonly TimeSpan Ten = TimeSpan.FromSeconds(10);

    public static TheoryData<string, Action<QueryBuilder>, string> WithTimers => new()
    {
        { "Suppress", q => Alert(q.From(audit => Notes(audit).Suppress("s", n => n.Text, Ten))), "start a@1 #1|end a@1-11 #1" },
        { "Frequency", q => Alert(q.From(audit => Notes(audit).Frequency("f", n => n.Text, 1, Ten))), "start a@1 #1|end a@1-11 #1" },
        { "Sequence", q => Alert(q.From(audit => Notes(audit).Sequence("s", _ => 0, Ten, n => n.Text == "a", n => n.Text == "b"))), "" },
        // Whether b came while it was in quarantine is not known.
        { "an absence",
            q => Alert(q.From(audit => Notes(audit)
                .Sequence("s", _ => 0, Ten, s => s.Then(n => n.Text == "a").Not(n => n.Text == "b")))), "" },
        { "Latest",
            q => Alert(q.From(audit => Notes(audit).Where(n => n.Text == "b")
                .Latest("l", Notes(audit).Where(n => n.Text == "a"), _ => 0, _ => 0, Ten))), "" },
        // 10 s after 1, and the 999 s of the quarantine.
        { "Silence",
            q => Alert(q.From(audit => Notes(audit).Silence("s", n => n.Text, Ten, forget: Ten))),
            "start a@1010 #1|end a@1010-1020 #1" },
        { "StandardStreams",
            q => Alert(q.From(audit => audit.Syscalls([.. StandardStreamsOperator.Syscalls]).StandardStreams("s"))), "" },
        { "a timer of Rx",
            q => q.Volatile().From(audit => Notes(audit).PerHost(h => h.Throttle(Ten, QueryScript.Clock))).Alert(n => n.Text, n => n.Text),
            "at a@1" },
    };

    [Theory]
    [MemberData(nameof(WithTimers))]
    [Trait("Found", "A3")]
    public void Timers_are_put_off_until_the_release(string name, Action<QueryBuilder> compose, string expected)
    {
        foreach (int shards in (int[])[1, 3])
        {
            var (alerts, _, statistics) = VirtualTime.Run(
                Script(compose),
                [
                    VirtualTime.Arrive(0, VirtualTime.Note(0, "first")),
                    VirtualTime.Arrive(1, VirtualTime.Note(1, "a"), Connect(1)),
                    new Control("tested", ControlAction.Quarantine),
                    VirtualTime.Arrive(500, VirtualTime.Note(500, "z")),
                    VirtualTime.Arrive(1000, VirtualTime.Note(1000, "z")),
                    new Control("tested", ControlAction.Release),
                    VirtualTime.Tick(1015),
                    VirtualTime.Tick(3500),
                    VirtualTime.Arrive(3500, new Heartbeat("a", "notes", VirtualTime.At(3500), 1)),
                    VirtualTime.Arrive(3500, new Heartbeat("a", "audit", VirtualTime.At(3500), 1)),
                    VirtualTime.Arrive(6500, new Heartbeat("a", "notes", VirtualTime.At(6500), 1)),
                    VirtualTime.Arrive(6500, new Heartbeat("a", "audit", VirtualTime.At(6500), 1)),
                ],
                new EngineOptions { Shards = shards });

            Assert.Equal($"{name}: {expected}", $"{name}: {string.Join('|', Lines(alerts).Where(l => !l.Contains("first")))}");
            Assert.Equal(name == "a timer of Rx" ? 1 : 0, statistics.Queries["tested"].Held);
            Assert.Equal(0, statistics.OpenAlerts);
        }
    }

    [Fact]
    [Trait("Found", "A3")]
    public void A_host_in_quarantine_is_released_with_its_timers()
    {
        IEnumerable<InputRecord> input =
        [
            .. VirtualTime.Each([VirtualTime.Note(0, "a"), VirtualTime.Note(1, "a", "b")]),
            .. VirtualTime.Each("bad bad bad bad".Split(' ').Select((text, i) => VirtualTime.Note(2 + i, text))),
            .. VirtualTime.Each([VirtualTime.Note(100, "z"), VirtualTime.Note(100, "z", "b")]),
            new Control("tested", ControlAction.Release),
            .. VirtualTime.Each([VirtualTime.Note(101, "c")]),
        ];

        var (alerts, _, _) = VirtualTime.Run(
            Script(q => Alert(q.From(audit => Notes(audit).Suppress("s", n => Fail(n), Ten)))), input);

        Assert.Equal(
            ["start a@0 #1", "start a@1 #1", "end a@1-11 #1", "start z@100 #1", "end a@0-10 #1", "start c@101 #1"], Lines(alerts));
    }

    [Fact]
    [Trait("Found", "A3")]
    public void A_periodic_timer_goes_on_after_the_release()
    {
        IEnumerable<InputRecord> input =
        [
            .. VirtualTime.Each([VirtualTime.Note(0, "one")]),
            .. VirtualTime.Each("bad bad bad bad".Split(' ').Select((text, i) => VirtualTime.Note(1 + i, text))),
            VirtualTime.Tick(1000),
            new Control("tested", ControlAction.Release),
            .. VirtualTime.Each([VirtualTime.Note(1001, "two")]),
            VirtualTime.Tick(2000),
        ];

        var (alerts, _, _) = VirtualTime.Run(
            Script(q => q.Volatile()
                .From(audit => Notes(audit).Select(n => Fail(n) == "" ? n : n).PerHost(h => h.Sample(Ten, QueryScript.Clock)))
                .Alert(n => n.Text)),
            input);

        Assert.Equal(["one", "two"], alerts.Select(a => a.Message));
    }

    [Theory]
    [Trait("Found", "K13")]
    [InlineData("0 1200 2400 3599.9", QueryNoticeKind.Quarantined)]
    [InlineData("0 1200 2400 3600", QueryNoticeKind.Fault)]
    [InlineData("0 3000 6000 9000 12000 15000 18000", QueryNoticeKind.Fault)]
    [InlineData("0 3000 6000 9000 9001 9002", QueryNoticeKind.Quarantined)]
    public void Faults_count_for_an_hour(string times, QueryNoticeKind last)
    {
        foreach (bool fleet in (bool[])[false, true])
        {
            var (_, notices, _) = VirtualTime.Run(
                Script(q => q.From(audit => fleet ? Notes(audit).Fleet() : Notes(audit)).Alert(Fail)),
                VirtualTime.Each(times.Split(' ').Select(t => VirtualTime.Note(
                    double.Parse(t, System.Globalization.CultureInfo.InvariantCulture), "bad"))));

            Assert.All(notices.SkipLast(1), n => Assert.Equal(QueryNoticeKind.Fault, n.Kind));
            Assert.Equal(last, notices[^1].Kind);
        }
    }

    [Theory]
    [Trait("Found", "A2")]
    [InlineData("from its beginning", "0 7", "119.9 120", "b120")]
    [InlineData("of a host that came while it lasted", "50", "119.9 120", "b120")]
    public void A_query_released_later_learns_from_then_on(string because, string during, string after, string expected)
    {
        Assert.NotEmpty(because);
        Assert.Equal(expected, Learned([new Control("tested", ControlAction.Quarantine), .. At(during)], 100, At(after)));
    }

    [Theory]
    [Trait("Found", "A2")]
    [InlineData("5 s of 20 were over", "0", "105 114.9 115", "b115")]
    [InlineData("all of it was over", "0 20", "101", "b20 b101")]
    public void Learning_that_a_quarantine_interrupts_goes_on_after_it(string because, string before, string after, string expected)
    {
        Assert.NotEmpty(because);
        IEnumerable<InputRecord> interrupted = [.. At(before), VirtualTime.Tick(5), new Control("tested", ControlAction.Quarantine)];
        Assert.Equal(expected, Learned(interrupted, 100, At(after)));
    }

    // Learns for 20 s; released at a time; each note is a term of its own.
    private static string Learned(IEnumerable<InputRecord> before, double released, IEnumerable<InputRecord> after)
    {
        var (alerts, _, _) = VirtualTime.Run(
            Script(q => q.From(audit => Notes(audit)
                .NewTerm("t", n => n.Text, TimeSpan.FromDays(30), learn: TimeSpan.FromSeconds(20))).Alert(n => n.Term)),
            [
                VirtualTime.Arrive(0, VirtualTime.Note(0, "first", "a")), .. before, VirtualTime.Tick(released),
                new Control("tested", ControlAction.Release), .. after,
            ]);
        return string.Join(' ', alerts.Where(a => a.Query == "tested").Select(a => a.Message));
    }

    private static IEnumerable<InputRecord> At(string times) => times.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(t => VirtualTime.Note(double.Parse(t, System.Globalization.CultureInfo.InvariantCulture), "b" + t, "b"))
        .Select(note => new Batch(new[] { note }, note.Occurred));

    private static AuditEvent Connect(double seconds) => Audit.Event(
        "a", VirtualTime.At(seconds), 7,
        "type=SYSCALL " + Audit.Syscall(42, 0, "3 7ffc 10 0", "/usr/bin/nc", 200, 100, 1000, 1000, "k"),
        "type=SOCKADDR saddr=020001BBCB0071060000000000000000");

    private static IObservable<Note> Notes(AuditSource audit) => audit.All.OfType<Note>();

    private static void Alert<T>(QueryBuilder<T> query) => query.Alert(_ => "");

    private static string Fail(Note note) => note.Text == "bad" ? throw new FormatException() : note.Text;

    private static IEnumerable<string> Lines(IEnumerable<Alert> alerts) => VirtualTime.Lines(alerts.Where(a => a.Query == "tested"));

    private static QueryScript Script(Action<QueryBuilder> compose)
    {
        var script = new QueryScript();
        compose(script.Query("tested", Severity.Low, "It is put in quarantine"));
        return script;
    }
}
