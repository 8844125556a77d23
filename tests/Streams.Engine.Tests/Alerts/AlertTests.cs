using System.Reactive.Linq;
using System.Text.Json;
using Streams.Events;
using Streams.Testing;
using Xunit;

namespace Streams.Engine.Tests.Alerts;

public class AlertTests
{
    [Fact]
    public void A_point_alert_is_one_start_that_has_ended()
    {
        Assert.Equal(
            """
            {"@timestamp":"2026-01-02T00:00:01.500Z","event":{"kind":"alert","module":"streams","severity":73},"rule":{"name":"tested","description":"What is tested"},"threat":{"technique":{"id":["T1059.004","T1071"]}},"host":{"name":"web"},"message":"web said hello","related":{"hosts":["web"]},"streams":{"alert":{"id":"ID","revision":1,"status":"start","severity":"high","key":"","started":"2026-01-02T00:00:01.500Z","ended":"2026-01-02T00:00:01.500Z","count":1,"evidence":[{"host":{"name":"web"},"message":"hello"}]}}}
            """,
            Documents(
                q => q.Attack("T1059.004", "T1071").From(audit => audit.All).Alert(e => $"{e.Host} said {((Note)e).Text}"),
                [VirtualTime.Note(1.5, "hello", "web")])
                .Single());
    }

    [Fact]
    public void An_episode_starts_updates_and_ends_under_one_id()
    {
        IReadOnlyList<Alert> alerts = VirtualTime.Alerts(
            notes => notes.Suppress("s", n => n.Text, TimeSpan.FromSeconds(10)),
            VirtualTime.Each([VirtualTime.Note(0, "k"), VirtualTime.Note(1, "k"), VirtualTime.Note(2, "k"), VirtualTime.Note(30, "z")]),
            message: s => $"{s.Count}");
        Assert.Equal(["start k@0 #1", "update k@1 #2", "end k@0-10 #3", "start z@30 #1"], VirtualTime.Lines(alerts));
        Assert.Equal([1, 2, 3, 1], alerts.Select(a => a.Revision));
        Assert.Single(alerts.Take(3).Select(a => a.Id).Distinct());
        Assert.NotEqual(alerts[0].Id, alerts[3].Id);
        Assert.Equal(["1", "2", "3"], alerts.Take(3).Select(a => a.Message));
        using JsonDocument start = JsonDocument.Parse(VirtualTime.Documents(alerts)[0]);
        Assert.False(start.RootElement.GetProperty("streams").GetProperty("alert").TryGetProperty("ended", out _));
    }

    [Fact]
    [Trait("Found", "Q6")]
    public void Severity_and_techniques_may_depend_on_what_was_found()
    {
        var script = new QueryScript();
        script.Query("q", Severity.Low, "Found").Attack("T1098", "T1053.003").From(audit => audit.All.OfType<Note>())
            .Alert(
                n => n.Text,
                attack: n => n.Text == "cron" ? ["T1053.003"] : ["T1098"],
                severity: n => n.Text == "cron" ? Severity.High : Severity.Medium);

        IReadOnlyList<Alert> alerts =
            VirtualTime.Alerts(script, VirtualTime.Each([VirtualTime.Note(0, "cron"), VirtualTime.Note(1, "shadow")]));

        Assert.Equal(
            ["High T1053.003", "Medium T1098"], alerts.Select(alert => $"{alert.Severity} {string.Join(' ', alert.Techniques)}"));
    }

    [Fact]
    public void An_id_is_made_of_query_key_and_trigger_and_stays_the_same_for_ever()
    {
        Alert alert = VirtualTime.Alerts(
            notes => notes.Suppress("s", n => (n.Text, 7), TimeSpan.FromSeconds(10)),
            VirtualTime.Each([VirtualTime.Note(0, "k", serial: 42)])).Single();
        Assert.Equal("k, 7", alert.Key);
        Assert.Equal("4551701b52f7592b0df92166ba49f5ff", alert.Id);
    }

    [Theory]
    [InlineData("another key", "b", 0, "a", 1UL)]
    [InlineData("another time", "a", 1, "a", 1UL)]
    [InlineData("another host", "a", 0, "b", 1UL)]
    [InlineData("another serial", "a", 0, "a", 2UL)]
    public void Another_trigger_or_key_has_another_id(string because, string key, double time, string host, ulong serial)
    {
        Assert.NotEmpty(because);
        Assert.NotEqual(Id("a", 0, "a", 1), Id(key, time, host, serial));
        Assert.Equal(Id("a", 0, "a", 1), Id("a", 0, "a", 1));

        static string Id(string key, double time, string host, ulong serial) => VirtualTime.Alerts(
            notes => notes.Suppress("s", n => n.Text, TimeSpan.FromSeconds(10)),
            VirtualTime.Each([VirtualTime.Note(time, key, host, serial)])).Single().Id;
    }

    [Fact]
    public void An_episode_whose_start_is_filtered_out_starts_with_what_is_let_through()
    {
        IReadOnlyList<Alert> alerts = VirtualTime.Alerts(
            notes => System.Reactive.Linq.Observable.Where(notes.Suppress("s", n => n.Text, TimeSpan.FromSeconds(10)), s => s.Count > 1),
            VirtualTime.Each([VirtualTime.Note(0, "k"), VirtualTime.Note(1, "k"), VirtualTime.Note(30, "z")]));
        Assert.Equal(["start k@0 #2", "end k@0-10 #2"], VirtualTime.Lines(alerts));
    }

    [Fact]
    public void What_is_open_at_the_end_is_counted_and_has_no_end()
    {
        var script = new QueryScript();
        script.Query("q", Severity.Low, "Open").From(audit => audit.All.Suppress("s", e => e.Host, TimeSpan.FromDays(1))).Alert(_ => "");
        var (alerts, _, statistics) = VirtualTime.Run(script, VirtualTime.Each([VirtualTime.Note(0, "k"), VirtualTime.Note(0, "k", "b")]));
        Assert.Equal(2, alerts.Count);
        Assert.Equal((2, 2, 2), (statistics.OpenAlerts, statistics.Alerts, statistics.Events));
    }

    [Fact]
    public void Alerts_of_one_event_are_in_the_order_of_query_and_key()
    {
        var script = new QueryScript();
        foreach (string name in (string[])["b", "a", "c"])
            script.Query(name, Severity.Low, "Each").From(audit => audit.All).Alert(_ => name, _ => name);
        Assert.Equal("a b c a b c", string.Join(' ', VirtualTime.Alerts(
            script, [VirtualTime.Arrive(0, VirtualTime.Note(0, "x"), VirtualTime.Note(0, "y"))]).Select(a => a.Key)));
    }

    [Theory]
    [InlineData("\u001b[31m\u0007")]
    [InlineData("\u202Egnp.exe\u2066")]
    [InlineData("\u009b31m")]
    [InlineData("\"},\"x\":{\"\\")]
    [InlineData("\ud800 lone")]
    public void What_an_attacker_wrote_neither_leaves_its_place_nor_reaches_a_terminal_raw(string hostile)
    {
        string json = Documents(q => q.From(audit => audit.All).Alert(_ => hostile, _ => hostile), [VirtualTime.Note(0, "x")]).Single();
        Assert.DoesNotContain(json, c => char.IsControl(c) || c is '\u202E' or '\u2066' || char.IsSurrogate(c));
        using JsonDocument document = JsonDocument.Parse(json);
        Assert.Equal(hostile.Replace('\ud800', '\ufffd'), document.RootElement.GetProperty("message").GetString());
    }

    private static IReadOnlyList<string> Documents(Action<QueryBuilder> compose, IEnumerable<Event> events)
    {
        var script = new QueryScript();
        compose(script.Query("tested", Severity.High, "What is tested"));
        IReadOnlyList<Alert> alerts = VirtualTime.Alerts(script, VirtualTime.Each(events));
        return [.. VirtualTime.Documents(alerts)
            .Zip(alerts, (document, alert) => document.Replace(alert.Id, "ID", StringComparison.Ordinal))];
    }
}
