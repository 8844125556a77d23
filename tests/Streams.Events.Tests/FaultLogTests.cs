using Streams.Testing;
using Xunit;

namespace Streams.Events.Tests;

[Trait("Found", "C1")]
public sealed class FaultLogTests
{
    private readonly FaultLog _log = new(EventFault.Join, EventFault.Enrich);

    [Fact]
    public void The_first_of_a_cause_is_reported_at_once_and_more_once_a_minute()
    {
        Add(EventFault.Join, "a", 1);
        Assert.Equal(1, Assert.Single(_log.Take(0)).Events);
        for (int serial = 2; serial < 10; serial++) Add(EventFault.Join, "a", serial);
        Assert.Empty(_log.Take(59_999));
        Add(EventFault.Enrich, "a", 10);
        Assert.Equal(EventFault.Enrich, Assert.Single(_log.Take(59_999)).Fault);
        FaultReport report = Assert.Single(_log.Take(60_000));
        Assert.Equal((EventFault.Join, 8, 16), (report.Fault, report.Events, report.Records));
        Assert.Empty(_log.Take(200_000));
    }

    [Fact]
    public void At_the_end_nothing_waits_for_its_minute()
    {
        Add(EventFault.Join, "a", 1);
        Assert.Single(_log.Take(0));
        Add(EventFault.Join, "a", 2);
        Assert.Single(_log.Take(1, all: true));
    }

    [Fact]
    public void A_report_says_when_and_where_and_what_was_thrown()
    {
        Add(EventFault.Enrich, "a", 7);
        Add(EventFault.Enrich, "a", 3);
        FaultReport report = Assert.Single(_log.Take(0));
        Assert.Equal((Time(3), Time(7)), (report.From, report.To));
        Assert.Equal(
            "2 events of a could not be enriched in full and continue with all records, as streams.fault: enrich; "
            + "the first is 1767225607.000:7: InvalidOperationException: odd",
            report.ToString());
    }

    [Fact]
    public void Each_host_has_a_report_of_its_own_up_to_a_limit()
    {
        for (int i = 0; i < 100; i++) Add(EventFault.Join, $"h{i}", i);
        IReadOnlyList<FaultReport> reports = _log.Take(0);
        Assert.Equal(FaultLog.HostLimit, reports.Count);
        Assert.Equal(100, reports.Sum(report => report.Events));
    }

    [Fact]
    public void Usual_causes_are_counted_from_zero_on_and_others_once_they_occur()
    {
        Add(EventFault.Deliver, "a", 1);
        Assert.Equal(["faulty.join 0", "faulty.enrich 0", "faulty.deliver 1"], _log.Counters.Select(c => $"{c.Key} {c.Value}"));
        Assert.Equal(1, _log.Total);
    }

    private static DateTimeOffset Time(int seconds) => Audit.Time("2026-01-01T00:00:00Z").AddSeconds(seconds);

    private void Add(EventFault fault, string host, int serial) => _log.Add(
        fault, Audit.Event(host, Time(serial), (ulong)serial, "type=CWD cwd=\"/\"", "type=EOE "), new InvalidOperationException("odd"));
}
