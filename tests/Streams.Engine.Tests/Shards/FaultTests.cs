using System.Reactive.Linq;
using Streams.Events;
using Streams.Events.Input;
using Streams.Testing;
using Xunit;

namespace Streams.Engine.Tests.Shards;

public class FaultTests
{
    public static TheoryData<string, Action<QueryBuilder>> Throwing => new()
    {
        { "a lambda of Rx",
            q => q.From(audit => audit.All.OfType<Note>().Select(n => n.Text == "bad" ? throw new FormatException() : n))
                .Alert(n => n.Text) },
        { "a lambda of an operator",
            q => q.From(audit => audit.All.OfType<Note>().NewTerm("t", Fail, TimeSpan.FromDays(1))).Alert(n => n.Event.Text) },
        { "a message",
            q => q.From(audit => audit.All.OfType<Note>()).Alert(Fail) },
        { "the body for one host",
            q => q.From(audit => audit.All.OfType<Note>().PerHost(h => h.Select(n => Fail(n)))).Alert(n => n) },
        { "a timer",
            q => q.From(audit => audit.All.OfType<Note>()
                .PerHost(h => h.Delay(TimeSpan.Zero, QueryScript.Clock).Select(n => Fail(n)))).Alert(n => n) },
    };

    public static TheoryData<string, Action<QueryBuilder>> ThrowingInFleet => new()
    {
        { "a lambda of Rx",
            q => q.From(audit => audit.All.OfType<Note>().Fleet().Select(n => Fail(n) == "" ? n : n)).Alert(n => n.Text) },
        { "a message", q => q.From(audit => audit.All.OfType<Note>().Fleet()).Alert(Fail) },
        { "a message of a timer by the watermark",
            q => q.From(audit => audit.All.OfType<Note>().Fleet().Suppress("s", n => n.Text, TimeSpan.FromSeconds(10)))
                .Alert(s => s.Status == AlertStatus.End ? Fail(s.Event) : s.Event.Text) },
        { "a lambda behind a timer by the watermark",
            q => q.From(audit => audit.All.OfType<Note>().Fleet().Suppress("s", n => n.Text, TimeSpan.FromSeconds(10))
                .Select(s => s.Status == AlertStatus.End && Fail(s.Event) == "" ? s : s)).Alert(s => s.Event.Text) },
        { "a message of a timer by the clock",
            q => q.From(audit => audit.All.OfType<Note>().Fleet().Silence("s", n => (n.Text, n.Host), TimeSpan.FromSeconds(10)))
                .Alert(s => s.Key.Text == "bad" ? throw new FormatException() : s.Key.Text) },
        { "a delayed event",
            q => q.From(audit => audit.All.OfType<Note>().Fleet().Delay(TimeSpan.FromSeconds(1), QueryScript.Clock)).Alert(Fail) },
    };

    [Theory]
    [MemberData(nameof(Throwing))]
    public void A_query_that_throws_faults_alone_and_goes_on(string name, Action<QueryBuilder> compose)
    {
        var (alerts, notices, statistics) = Run(compose, "one bad two bad three");
        Assert.NotEmpty(name);
        Assert.Equal(["one", "two", "three"], alerts.Where(a => a.Query == "tested").Select(a => a.Message));
        Assert.Equal(["one", "bad", "two", "bad", "three"], alerts.Where(a => a.Query == "neighbour").Select(a => a.Message));
        Assert.Equal((2, 0), (statistics.Queries["tested"].Faults, statistics.Queries["tested"].Quarantined));
        Assert.All(notices, n => Assert.Equal(("tested", QueryNoticeKind.Fault, "a"), (n.Query, n.Kind, n.Host)));
        Assert.All(notices, n => Assert.IsType<FormatException>(n.Exception));
    }

    [Theory]
    [MemberData(nameof(Throwing))]
    public void After_three_tries_it_is_put_in_quarantine_for_that_host(string name, Action<QueryBuilder> compose)
    {
        Assert.NotEmpty(name);
        var script = Script(compose);
        var (alerts, notices, statistics) = VirtualTime.Run(script, VirtualTime.Each(
            "bad bad bad one bad two three".Split(' ').Select((text, i) => VirtualTime.Note(i, text))
                .Append(VirtualTime.Note(10, "four", "b"))));
        Assert.Equal(["one", "four"], alerts.Where(a => a.Query == "tested").Select(a => a.Message));
        Assert.Equal(8, alerts.Count(a => a.Query == "neighbour"));
        Assert.Equal(
            [QueryNoticeKind.Fault, QueryNoticeKind.Fault, QueryNoticeKind.Fault, QueryNoticeKind.Quarantined],
            notices.Select(n => n.Kind));
        Assert.Equal((4, 1), (statistics.Queries["tested"].Faults, statistics.Queries["tested"].Quarantined));
    }

    [Fact]
    [Trait("Found", "C1")]
    public void To_ask_for_too_much_memory_at_once_is_a_fault_of_the_query()
    {
        var (alerts, notices, _) = Run(
            q => q.From(audit => audit.All.OfType<Note>())
                .Alert(n => n.Text == "bad" ? new string('x', int.MaxValue) : n.Text),
            "one bad two");
        Assert.Contains(notices, n => n.Query == "tested");
        Assert.Contains(alerts, a => a.Message == "one");
    }

    [Fact]
    public void The_state_of_its_operators_is_kept()
    {
        var (alerts, _, _) = Run(
            q => q.From(audit => audit.All.OfType<Note>()
                .NewTerm("t", n => n.Text, TimeSpan.FromDays(1)).Select(n => n.Term == "bad" ? throw new FormatException() : n))
                .Alert(n => n.Term),
            "one bad one two");
        Assert.Equal(["one", "two"], alerts.Where(a => a.Query == "tested").Select(a => a.Message));
    }

    [Theory]
    [MemberData(nameof(ThrowingInFleet))]
    [Trait("Found", "A4")]
    public void A_fleet_query_is_quarantined_only_for_the_host_that_breaks_it(string name, Action<QueryBuilder> compose)
    {
        Assert.NotEmpty(name);
        foreach (int shards in (int[])[1, 3])
        {
            var (alerts, notices, statistics) = VirtualTime.Run(
                Script(compose),
                VirtualTime.Each(
                [
                    .. "bad bad bad bad".Split(' ').Select((text, i) => VirtualTime.Note(100 * i, text)),
                    VirtualTime.Note(500, "four", "b"), VirtualTime.Note(501, "five"), VirtualTime.Note(1000, "six", "b"),
                    VirtualTime.Note(2000, "seven", "b"),
                ]),
                new EngineOptions { Shards = shards });

            Assert.Equal(
                ["four", "six"],
                alerts.Where(a => a.Query == "tested" && a.Status == AlertStatus.Start).Select(a => a.Message).Except(["bad", "seven"]));
            Assert.Equal(1, statistics.Queries["tested"].Quarantined);
            Assert.All(notices, n => Assert.Equal("a", n.Host));
        }
    }

    [Fact]
    [Trait("Found", "A4")]
    public void A_fault_that_no_host_has_caused_quarantines_a_fleet_query_whole()
    {
        var (alerts, notices, statistics) = Run(
            q => q.From(_ => Observable.Interval(TimeSpan.FromSeconds(1), QueryScript.Clock).Fleet()
                .Select(_ => Fail(VirtualTime.Note(0, "bad")))).Alert(n => n),
            "one two three four five six seven");

        Assert.Equal(7, alerts.Count);
        Assert.All(notices, n => Assert.Null(n.Host));
        Assert.Equal(1, statistics.Queries["tested"].Quarantined);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_control_record_puts_a_query_in_quarantine_and_another_lets_it_out_with_its_state(int shards)
    {
        var script = Script(q => q.From(audit => audit.All.OfType<Note>()
            .NewTerm("t", n => n.Text, TimeSpan.FromDays(1))).Alert(n => $"{n.Host} {n.Term}"));
        IEnumerable<InputRecord> input =
        [
            .. VirtualTime.Each([VirtualTime.Note(0, "one"), VirtualTime.Note(0, "one", "b")]),
            new Control("tested", ControlAction.Quarantine),
            new Control("not here", ControlAction.Quarantine),
            .. VirtualTime.Each([VirtualTime.Note(1, "two"), VirtualTime.Note(1, "two", "b")]),
            new Control("tested", ControlAction.Release),
            .. VirtualTime.Each([VirtualTime.Note(2, "one"), VirtualTime.Note(3, "three"), VirtualTime.Note(3, "three", "b")]),
        ];

        var (alerts, _, statistics) = VirtualTime.Run(script, input, new EngineOptions { Shards = shards });

        Assert.Equal(["a one", "b one", "a three", "b three"], alerts.Where(a => a.Query == "tested").Select(a => a.Message));
        Assert.Equal(7, alerts.Count(a => a.Query == "neighbour"));
        Assert.Equal(0, statistics.Queries["tested"].Quarantined);
    }

    [Fact]
    public void A_query_in_quarantine_before_the_first_event_stays_there()
    {
        var script = Script(q => q.From(audit => audit.All.OfType<Note>()).Alert(n => n.Text));

        var (alerts, _, statistics) = VirtualTime.Run(
            script,
            [new Control("tested", ControlAction.Quarantine), .. VirtualTime.Each([VirtualTime.Note(0, "one")])],
            new EngineOptions { Shards = 3 });

        Assert.DoesNotContain(alerts, a => a.Query == "tested");
        Assert.Equal(1, statistics.Queries["tested"].Quarantined);
    }

    [Fact]
    public void A_query_that_cannot_be_subscribed_is_put_in_quarantine_and_the_others_run()
    {
        var (alerts, notices, _) = Run(q => q.From(_ => Observable.Throw<Note>(new FormatException())).Alert(n => n.Text), "one");
        Assert.Equal(["one"], alerts.Select(a => a.Message));
        Assert.Equal(4, notices.Count);
        Assert.Equal((null, QueryNoticeKind.Quarantined), (notices[3].Host, notices[3].Kind));
    }

    [Fact]
    public void A_timer_without_an_end_at_one_time_is_a_fault_and_the_clock_moves_on()
    {
        var (alerts, notices, _) = Run(
            q => q.From(audit => audit.All.OfType<Note>().Take(1)
                .SelectMany(n => Observable.Return(n, QueryScript.Clock).Repeat().Where(_ => false))).Alert(n => n.Text),
            "one two");
        Assert.Equal(["one", "two"], alerts.Select(a => a.Message));
        Assert.NotEmpty(notices);
    }

    [Fact]
    public void Two_operators_of_one_name_are_refused()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Run(
            q => q.From(audit => audit.All.NewTerm("t", e => e.Host, TimeSpan.FromDays(1))
                .Suppress("t", n => n.Term, TimeSpan.FromDays(1))).Alert(n => n.Key),
            "one"));
        Assert.Contains("two operators named \"t\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_operator_that_is_made_while_the_query_runs_is_refused()
    {
        var (_, notices, _) = Run(
            q => q.From(audit => audit.All.PerHost(h => h.NewTerm("t", e => e.Host, TimeSpan.FromDays(1)))).Alert(n => n.Term), "one");
        Assert.Contains("its state could not be found again", notices[0].Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_operator_that_is_subscribed_twice_reads_its_source_once()
    {
        var (alerts, _, _) = Run(
            q => q.From(audit =>
            {
                var terms = audit.All.OfType<Note>().NewTerm("t", n => n.Text, TimeSpan.FromDays(1));
                return terms.Select(n => n.Term + "1").Merge(terms.Select(n => n.Term + "2"));
            }).Alert(n => n),
            "one one");
        Assert.Equal(["one1", "one2"], alerts.Where(a => a.Query == "tested").Select(a => a.Message));
    }

    [Fact]
    public void Input_from_within_an_alert_is_refused()
    {
        QueryEngine? engine = null;
        engine = new QueryEngine(
            new EngineOptions(),
            Script(q => q.From(audit => audit.All).Alert(_ => "")).Queries,
            _ => engine!.Admit(VirtualTime.Tick(9)));
        using (engine) Assert.Throws<InvalidOperationException>(() => engine.Admit(VirtualTime.Arrive(1, VirtualTime.Note(1, "a"))));
    }

    private static string Fail(Note note) => note.Text == "bad" ? throw new FormatException() : note.Text;

    private static QueryScript Script(Action<QueryBuilder> compose)
    {
        var script = new QueryScript();
        compose(script.Query("tested", Severity.Low, "It throws at what is bad"));
        script.Query("neighbour", Severity.Low, "It sees all").From(audit => audit.All.OfType<Note>()).Alert(n => n.Text);
        return script;
    }

    private static (IReadOnlyList<Alert> Alerts, IReadOnlyList<QueryNotice> Notices, EngineStatistics Statistics) Run(
        Action<QueryBuilder> compose, string notes) =>
        VirtualTime.Run(Script(compose), VirtualTime.Each(notes.Split(' ').Select((text, i) => VirtualTime.Note(i, text))));
}
