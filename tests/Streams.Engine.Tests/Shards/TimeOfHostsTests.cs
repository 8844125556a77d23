using System.Reactive.Linq;
using Streams.Events;
using Streams.Events.Input;
using Streams.Testing;
using Xunit;

namespace Streams.Engine.Tests.Shards;

/// <summary>What a host claims about time counts up to a minute after the admission, and steps are not believed at once.</summary>
[Trait("Found", "A1")]
[Trait("Found", "C3")]
public class TimeOfHostsTests
{
    // 2099.
    private const double Future = 73 * 365 * 86_400.0;

    public static TheoryData<string> Operators =>
        ["Frequency", "distinct Frequency", "Sequence", "an absence", "Suppress", "Latest", "NewTerm", "StandardStreams"];

    [Theory]
    [MemberData(nameof(Operators))]
    public void Live_a_stamp_of_2099_blinds_no_operator(string name)
    {
        foreach (int wrong in (int[])[1, 8])
        {
            IEnumerable<InputRecord> input =
            [
                .. Enumerable.Range(0, wrong).Select(i => VirtualTime.Arrive(i * 0.01, Note(Future + i, "x"), Call(Future + i, 42))),
                .. Real(100, live: true),
            ];
            AssertFound(name, input, "live");
        }
    }

    [Theory]
    [MemberData(nameof(Operators))]
    public void A_backlog_after_stamps_of_2099_is_not_late(string name)
    {
        // A followed log: all of it is admitted days later, within a second.
        const double now = 300_000;
        IEnumerable<InputRecord> input =
        [
            .. Enumerable.Range(0, 8).Select(i => VirtualTime.Arrive(now + i * 0.001, Note(Future + i, "x"), Call(Future + i, 42))),
            .. Real(100, live: false).Cast<Batch>().Select((batch, i) => batch with { Admitted = VirtualTime.At(now + 0.01 + i * 0.001) }),
        ];
        AssertFound(name, input, "backlog");
    }

    [Fact]
    public void In_a_backlog_one_stamp_of_now_makes_the_rest_not_late()
    {
        const double now = 300_000;
        IEnumerable<InputRecord> input =
        [
            VirtualTime.Arrive(now, VirtualTime.Note(0, "z")),
            .. Enumerable.Range(0, 3).Select(i => VirtualTime.Arrive(now, VirtualTime.Note(now - 1 + i, "z"))),
            .. Enumerable.Range(0, 10).Select(i => VirtualTime.Arrive(now + 1, VirtualTime.Note(10 + i, "z"))),
        ];
        Assert.Equal(0, Run(_ => { }, input).Statistics.Late);
    }

    [Theory]
    [InlineData("four events follow it", "7200 7201 7202 7203", 7200, "a")]
    [InlineData("three do", "7200 7201 7202", 7200, "")]
    [InlineData("it has lasted for a minute", "7200", 7260, "a")]
    [InlineData("it has lasted for less", "7200", 7259.9, "")]
    [InlineData("time has come back", "7200 7201 7202 5 7203", 7200, "")]
    public void Live_a_step_of_more_than_an_hour_is_believed_when(string because, string steps, double until, string expected)
    {
        Assert.NotEmpty(because);
        IEnumerable<InputRecord> input =
        [
            VirtualTime.Arrive(0, VirtualTime.Note(0, "a")),
            .. steps.Split(' ').Select(t => VirtualTime.Arrive(7200, VirtualTime.Note(double.Parse(t), "z"))),
            VirtualTime.Tick(until),
        ];
        var (alerts, _, _) = Run(
            q => q.From(audit => audit.All.OfType<Note>()
                .Sequence("s", _ => 0, TimeSpan.FromSeconds(10), s => s.Then(n => n.Text == "a").Not(n => n.Text == "b")))
                .Alert(s => s.First.Text),
            input);
        Assert.Equal(expected, string.Join(' ', alerts.Select(a => a.Message)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_host_that_is_always_ahead_learns_and_ends_like_others(bool isFleet)
    {
        IEnumerable<InputRecord> input = Enumerable.Range(0, 200).Select(i => VirtualTime.Arrive(i, VirtualTime.Note(i + 7200, $"t{i}")));
        var (alerts, _, _) = Run(
            q => q.From(audit => (isFleet ? audit.All.Fleet() : audit.All).OfType<Note>()
                .NewTerm("t", n => n.Text, TimeSpan.FromDays(1), learn: TimeSpan.FromSeconds(20))
                .Suppress("s", _ => 0, TimeSpan.FromSeconds(30))).Alert(s => s.Event.Term),
            input);

        // Its time is believed after a minute, from when on it learns for 20 s.
        Assert.Equal("t79", alerts[0].Message);
        Assert.Equal(VirtualTime.At(7279), alerts[0].Timestamp);
        Assert.Contains(alerts, a => a.Status == AlertStatus.End);
    }

    [Theory]
    [InlineData(7200)]
    [InlineData(-7200)]
    [InlineData(Future)]
    public void A_host_with_a_wrong_clock_moves_no_other_hosts_watermark(double skew)
    {
        foreach (bool isLive in (bool[])[true, false])
        {
            foreach (int shards in (int[])[1, 2, 5])
            {
                IEnumerable<InputRecord> alone = Failures("a", 0, isLive);
                IEnumerable<InputRecord> both = Failures("a", 0, isLive).Zip(Failures("wrong", skew, isLive))
                    .SelectMany(p => new[] { p.Second, p.First });
                string expected = OfHost("a", alone, shards);
                Assert.Contains("end", expected, StringComparison.Ordinal);
                Assert.Equal(expected, OfHost("a", both, shards));
            }
        }

        static string OfHost(string host, IEnumerable<InputRecord> input, int shards) => string.Join('|', VirtualTime.Lines(Run(
            q => q.From(audit => audit.All.OfType<Note>().Frequency("f", n => n.Text, 5, TimeSpan.FromSeconds(20))).Alert(_ => ""),
            input,
            shards).Alerts.Where(a => a.Host == host)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_fleet_query_does_not_wait_for_a_host_that_is_more_than_ten_minutes_behind(bool isLive)
    {
        foreach ((double behind, double end) in ((double, double)[])[(3600, 1), (605.1, 1), (500, 0), (1, 1)])
        {
            // a and b send every second; b is behind.
            IEnumerable<InputRecord> input = Enumerable.Range(0, 100).SelectMany(i => new[]
            {
                Arrive(isLive, 4000 + i, VirtualTime.Note(4000 + i - behind, "b", "b")),
                Arrive(isLive, 4000 + i, VirtualTime.Note(4000 + i, i == 0 ? "first" : "a", "a")),
            });
            foreach (int shards in (int[])[1, 3])
            {
                var (alerts, _, _) = Run(
                    q => q.From(audit => audit.All.OfType<Note>().Fleet().Where(n => n.Text == "first")
                        .Suppress("s", n => n.Text, TimeSpan.FromSeconds(10))).Alert(_ => ""),
                    input,
                    shards);
                Assert.Equal(end, alerts.Count(a => a.Status == AlertStatus.End));
            }
        }
    }

    [Fact]
    public void When_all_hosts_are_behind_a_fleet_query_waits_for_the_slowest()
    {
        IEnumerable<InputRecord> input = Enumerable.Range(0, 100).SelectMany(i => new[]
        {
            VirtualTime.Arrive(90_000 + i * 0.01, VirtualTime.Note(i, "a", "a")),
            VirtualTime.Arrive(90_000 + i * 0.01, VirtualTime.Note(i + 3000, "a", "b")),
        });
        var (alerts, _, statistics) = Run(
            q => q.From(audit => audit.All.OfType<Note>().Fleet()
                .Frequency("f", n => n.Host, 5, TimeSpan.FromSeconds(20))).Alert(_ => ""), input);
        Assert.Equal(["a", "b"], alerts.Where(a => a.Status == AlertStatus.Start).Select(a => a.Key).Order());
        Assert.Equal(0, statistics.Late);
    }

    [Fact]
    public void An_event_keeps_its_own_time()
    {
        Alert alert = Run(
            q => q.From(audit => audit.All.OfType<Note>().Suppress("s", n => n.Text, TimeSpan.FromSeconds(10))).Alert(_ => ""),
            [VirtualTime.Arrive(0, VirtualTime.Note(7200, "a"))]).Alerts[0];
        Assert.Equal(
            (VirtualTime.At(7200), VirtualTime.At(7200), VirtualTime.At(7200), VirtualTime.At(7200)),
            (alert.Timestamp, alert.Started, alert.Trigger.Occurred, alert.Evidence[0].Occurred));
    }

    [Fact]
    public void The_clock_of_a_log_goes_no_further_than_its_batch_allows()
    {
        var (alerts, _, _) = Run(
            q => q.From(audit => audit.All.Silence("s", e => e.Host, TimeSpan.FromSeconds(30))).Alert(_ => ""),
            [
                new Batch(new[] { VirtualTime.Note(0, "a") }),
                new Batch(new[] { VirtualTime.Note(Future, "a") }) { Latest = VirtualTime.At(1) },
                new Batch(new[] { VirtualTime.Note(20, "a") }),
            ]);
        Assert.Empty(alerts);
    }

    // What each operator reports of real events, which come after the wrong ones.
    private static void AssertFound(string name, IEnumerable<InputRecord> input, string form)
    {
        foreach (bool isFleet in (bool[])[false, true])
        {
            foreach (int shards in (int[])[1, 3])
            {
                var (alerts, _, statistics) = Run(q => Compose(q, name, isFleet), input, shards);
                Assert.True(
                    alerts.Any(a => a.Status == AlertStatus.Start && a.Evidence.Any(e => e.Occurred < VirtualTime.At(10_000))),
                    $"{name}, {form}, {(isFleet ? "fleet" : "host")}, {shards} shards: no alert; {statistics.Late} late");
                if (form == "backlog") Assert.Equal(0, statistics.Late);
            }
        }
    }

    private static void Compose(QueryBuilder query, string name, bool isFleet)
    {
        TimeSpan minute = TimeSpan.FromMinutes(1);
        switch (name)
        {
            case "Frequency": Add(notes => notes.Frequency("f", n => n.Text, 5, minute)); break;
            case "distinct Frequency": Add(notes => notes.Frequency("f", _ => 0, 5, minute, distinct: n => Math.Min(n.Serial / 1000, 6_000) % 6)); break;
            case "Sequence": Add(notes => notes.Sequence("s", _ => 0, minute, n => n.Text == "x", n => n.Text == "y")); break;
            case "an absence":
                Add(notes => notes.Sequence("s", _ => 0, minute, s => s.Then(n => n.Text == "x").Not(n => n.Text == "never")));
                break;
            case "Suppress": Add(notes => notes.Where(n => n.Text == "y").Suppress("s", n => n.Text, minute)); break;
            case "Latest":
                Add(notes => notes.Where(n => n.Text == "y").Latest("l", notes.Where(n => n.Text == "x"), _ => 0, _ => 0, minute));
                break;
            case "NewTerm": Add(notes => notes.NewTerm("t", n => n.Text, TimeSpan.FromDays(1), learn: TimeSpan.FromMinutes(1))); break;
            default:
                query.From(audit => (isFleet ? audit.Fleet() : audit).StandardStreams("s")).Alert(_ => "");
                break;
        }

        void Add<T>(Func<IObservable<Note>, IObservable<T>> of) =>
            query.From(audit => of((isFleet ? audit.All.Fleet() : audit.All).OfType<Note>())).Alert(_ => "");
    }

    // x and y each second for five minutes; y is new after two; in the end a program has a socket as its input.
    private static IEnumerable<InputRecord> Real(double start, bool live)
    {
        for (int i = 0; i < 300; i++)
        {
            double time = start + i;
            yield return Arrive(live, time, Note(time, i >= 120 && i % 2 == 1 ? "y" : "x"));
        }

        double end = start + 300;
        yield return Arrive(live, end, Call(end, 42));
        yield return Arrive(live, end + 1, Call(end + 1, 33, 0));
        yield return Arrive(live, end + 2, Call(end + 2, 59));
    }

    private static IEnumerable<InputRecord> Failures(string host, double skew, bool isLive) => Enumerable.Range(0, 60)
        .Select(i => i < 30 ? i : i + 100)
        .Select(t => Arrive(isLive, t, VirtualTime.Note(t + skew, "f", host)));

    private static Batch Arrive(bool isLive, double time, Event e) => isLive ? VirtualTime.Arrive(time, e) : new Batch(new[] { e });

    private static Note Note(double seconds, string text) => VirtualTime.Note(seconds, text);

    private static AuditEvent Call(double seconds, int number, int exit = 0) => Audit.Event(
        "a", VirtualTime.At(seconds), (ulong)seconds,
        "type=SYSCALL " + Audit.Syscall(number, exit, "4 0 10 0", "/usr/bin/nc", 200, 100, 1000, 1000, "k"),
        number == 42 ? "type=SOCKADDR saddr=020001BBCB0071060000000000000000" : "type=EXECVE argc=1 a0=\"sh\"");

    private static (IReadOnlyList<Alert> Alerts, IReadOnlyList<QueryNotice> Notices, EngineStatistics Statistics) Run(
        Action<QueryBuilder> compose, IEnumerable<InputRecord> input, int shards = 1)
    {
        var script = new QueryScript();
        QueryBuilder query = script.Query("tested", Severity.Low, "It meets wrong clocks");
        compose(query);
        if (script.Queries.Count == 0) query.From(audit => audit.All.Where(_ => false)).Alert(_ => "");
        return VirtualTime.Run(
            script, input, new EngineOptions { Shards = shards }, n => throw new InvalidOperationException("It failed.", n.Exception));
    }
}
