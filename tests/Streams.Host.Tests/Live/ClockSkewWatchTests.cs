using Streams.Events;
using Streams.Host.Live;
using Streams.Testing;
using Xunit;

namespace Streams.Host.Tests.Live;

[Trait("Found", "A1")]
public class ClockSkewWatchTests
{
    private readonly ClockSkewWatch _watch = new();

    [Fact]
    public void A_host_that_is_ahead_is_reported_with_its_skew()
    {
        var report = (Document)Assert.Single(_watch.Look(VirtualTime.Arrive(10, VirtualTime.Note(7210, "x", "web"))));

        Assert.Equal(("web", Outage.Process, VirtualTime.At(10), "clock-skewed"),
            (report.Host, report.Collector, report.Occurred, report.Action));
        Assert.Equal("2026-01-02T02:00:10Z", report.Text("streams.clock.claimed"));
        Assert.Equal("2026-01-02T00:00:10Z", report.Text("streams.clock.admitted"));
        Assert.Equal("7200000", report.Text("streams.clock.skew_ms"));
    }

    [Theory]
    [InlineData(60, 0)]
    [InlineData(60.001, 1)]
    [InlineData(-7200, 0)]
    public void Ahead_is_more_than_a_minute(double skew, int reports) =>
        Assert.Equal(reports, _watch.Look(VirtualTime.Arrive(10, VirtualTime.Note(10 + skew, "x"))).Length);

    [Fact]
    public void There_is_one_report_a_host_and_hour()
    {
        Assert.Equal(2, Look(0, "a", "b", "a"));
        Assert.Equal(0, Look(3599, "a", "b"));
        Assert.Equal(1, Look(3600, "a"));
        Assert.Equal(1, Look(3700, "c", "a"));
    }

    [Fact]
    public void Too_many_hosts_are_counted_in_the_next_report()
    {
        Assert.Equal(ClockSkewWatch.MaxHosts, Look(0, [.. Enumerable.Range(0, ClockSkewWatch.MaxHosts + 3).Select(i => $"h{i}")]));
        var report = (Document)Assert.Single(_watch.Look(VirtualTime.Arrive(3600, VirtualTime.Note(9999, "x", "another"))));
        Assert.Equal("3", report.Text("streams.clock.unreported"));
    }

    [Fact]
    public void What_the_process_reports_itself_is_not_looked_at() => Assert.Empty(
        _watch.Look(VirtualTime.Arrive(10, VirtualTime.Note(7210, "x")) with { IsOwn = true }));

    private int Look(double at, params string[] hosts) =>
        _watch.Look(VirtualTime.Arrive(at, [.. hosts.Select(h => (Event)VirtualTime.Note(at + 100, "x", h))])).Length;
}
