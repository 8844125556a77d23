using Streams.Host.Live;
using Streams.Host.Telemetry;
using Xunit;

namespace Streams.Host.Tests.Telemetry;

public class HealthTests
{
    public static TheoryData<string, string> Faults => new()
    {
        { "starting", "Not watching yet: audit." },
        { "ended", "The files collector cannot go on: /var/lib/streams: Read-only file system." },
        { "lost", "7 records were lost in the last minute." },
        { "quarantined", "The query auth-failure is in quarantine: it failed too often and gets no more events." },
        { "dropped", "The output slack has dropped 2 alerts in the last minute." },
        { "refused", "The output slack has refused 1 alert in the last minute." },
        { "record", "The output record has dropped 4 entries in the last minute." },
        { "condition", "3 of 55 audit rules are not loaded: \\x1b." },
        { "script", "A query does not run: queries/a.csx:1:2: wrong." },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void What_is_wrong_is_a_reason(string fault, string reason)
    {
        LiveFigures now = fault switch
        {
            "starting" => Figures.Well with { Starting = ["audit"] },
            "ended" => Figures.Well with { Ended = [("files", "/var/lib/streams: Read-only file system")] },
            "lost" => Figures.WithCollector(new("lost.kernel", 3), new("lost.queue", 4)),
            "quarantined" => Figures.WithQuery(Figures.Counted(quarantined: 1)),
            "dropped" => Figures.WithOutput("slack", new KeyValuePair<string, long>("dropped", 2)),
            "condition" => Figures.Well with { Conditions = [("audit", true, "3 of 55 audit rules are not loaded: \u001b.")] },
            "script" => Figures.Well with { NotCompiled = ["queries/a.csx:1:2: wrong"] },
            "refused" => Figures.WithOutput("slack", new KeyValuePair<string, long>("failed", 1)),
            _ => Figures.WithOutput("record", new KeyValuePair<string, long>("dropped", 4)),
        };
        Health health = Health.Of(now, before: null, now.Elapsed);
        Assert.False(health.IsGood);
        Assert.Equal([reason], health.Reasons);
        Assert.Equal(reason + "\n", health.Text);
    }

    [Fact]
    [Trait("Found", "C5")]
    public void What_is_not_watched_on_purpose_is_a_note_and_no_fault()
    {
        LiveFigures now = Figures.Well with
        {
            Conditions = [("audit", false, "Processes from before audit was enabled are not audited.")],
            CannotFire =
            [
                ("new-process", "kernel audit is not watched"), ("privilege-gained", "kernel audit is not watched"),
                ("odd", "no path"),
            ],
            Learning = [("new-listener", DateTimeOffset.UnixEpoch.AddHours(24))],
        };
        Health health = Health.Of(now, before: null, now.Elapsed);
        Assert.True(health.IsGood);
        Assert.Empty(Health.Faults(now));
        Assert.EndsWith(
            "\nnote: Processes from before audit was enabled are not audited.\n"
            + "note: Cannot fire here: new-process, privilege-gained: kernel audit is not watched.\n"
            + "note: Cannot fire here: odd: no path.\n"
            + "note: Learning, so silent: new-listener until 1970-01-02 00:00Z.\n",
            health.Text,
            StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Found", "P2")]
    public void Of_many_mistakes_the_first_are_named()
    {
        LiveFigures now = Figures.Well with { NotCompiled = [.. Enumerable.Range(1, 9).Select(i => $"{i}.csx:1: wrong")] };
        Assert.Equal(
            [.. Enumerable.Range(1, 5).Select(i => $"A query does not run: {i}.csx:1: wrong."), "4 more mistakes in the queries."],
            Health.Of(now, before: null, now.Elapsed).Reasons);
    }

    [Fact]
    public void What_was_lost_more_than_a_minute_ago_is_none()
    {
        LiveFigures lost = Figures.WithCollector(new KeyValuePair<string, long>("lost.kernel", 3));
        Assert.True(Health.Of(lost, before: lost, lost.Elapsed).IsGood);
    }

    [Fact]
    public void Queries_that_do_not_come_on_are_a_reason()
    {
        Health health = Health.Of(Figures.Well, before: null, Figures.Well.Elapsed + TimeSpan.FromSeconds(20));
        Assert.Equal(["The queries have made no progress for 20 s."], health.Reasons);
    }

    [Fact]
    public void A_run_without_figures_is_not_well() => Assert.False(Health.Of(now: null, before: null, TimeSpan.Zero).IsGood);

    [Fact]
    public void A_run_that_is_well_says_why() => Assert.Equal(
        "ok\nWatching by audit.\n1 query has seen 10 events; none is in quarantine.\n"
        + "No record was lost and no alert dropped in the last minute.\n",
        Health.Of(Figures.Well, before: null, Figures.Well.Elapsed).Text);
}
