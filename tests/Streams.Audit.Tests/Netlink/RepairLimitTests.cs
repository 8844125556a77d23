using Microsoft.Extensions.Time.Testing;
using Streams.Audit.Netlink;

namespace Streams.Audit.Tests.Netlink;

public sealed class RepairLimitTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Notes _told = new();
    private readonly AuditReports _reports;

    public RepairLimitTests() => _reports = new AuditReports("web-1", _time, _told, () => { });

    // Somebody changes it every second: in which seconds it is set back.
    [Fact]
    [Trait("Found", "C5")]
    public void After_ten_repairs_in_an_hour_there_is_one_a_minute()
    {
        var limit = new RepairLimit("audit rules", _time);
        List<int> repairs = Repairs(limit, seconds: 250);
        Assert.Equal([.. Enumerable.Range(0, 10), 69, 129, 189, 249], repairs);
        Assert.Equal(
            ["audit: audit rules were changed by others and repaired 10 times within an hour; from now on once a minute: "
             + "find out what changes them"],
            _told.Taken);
        Assert.Equal(repairs.Count, limit.Total);
    }

    [Fact]
    [Trait("Found", "C5")]
    public void After_a_quiet_hour_repairs_are_made_at_once_again()
    {
        var limit = new RepairLimit("audit rules", _time);
        Repairs(limit, seconds: 250);
        _ = _told.Taken.Count();
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal([.. Enumerable.Range(0, 10), 69], Repairs(limit, seconds: 70));
        Assert.Single(_told.Taken);
    }

    [Fact]
    [Trait("Found", "C5")]
    public void Ten_repairs_in_more_than_an_hour_are_not_limited()
    {
        var limit = new RepairLimit("audit rules", _time);
        for (int time = 0; time < 30; time++)
        {
            Assert.True(limit.IsAllowed);
            limit.Add(_reports);
            _time.Advance(TimeSpan.FromSeconds(401));
        }

        Assert.Empty(_told.Taken);
    }

    private List<int> Repairs(RepairLimit limit, int seconds)
    {
        var repairs = new List<int>();
        for (int second = 0; second < seconds; second++)
        {
            if (limit.IsAllowed)
            {
                limit.Add(_reports);
                repairs.Add(second);
            }

            _time.Advance(TimeSpan.FromSeconds(1));
        }

        return repairs;
    }
}
