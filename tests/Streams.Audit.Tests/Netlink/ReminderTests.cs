using Microsoft.Extensions.Time.Testing;
using Streams.Audit.Netlink;

namespace Streams.Audit.Tests.Netlink;

public sealed class ReminderTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    [Trait("Found", "C5")]
    public void What_stays_wrong_is_reported_again_and_at_least_every_hour()
    {
        var reminder = new Reminder(_time);
        Assert.Equal([10, 30, 70, 130, 190], Minutes(reminder, isWrong: true, minutes: 240));
    }

    [Fact]
    [Trait("Found", "C5")]
    public void What_was_right_in_between_is_new()
    {
        var reminder = new Reminder(_time);
        Minutes(reminder, isWrong: true, minutes: 100);
        Assert.Empty(Minutes(reminder, isWrong: false, minutes: 100));
        Assert.Equal([10, 30], Minutes(reminder, isWrong: true, minutes: 40));
    }

    private List<int> Minutes(Reminder reminder, bool isWrong, int minutes)
    {
        var reports = new List<int>();
        for (int minute = 0; minute < minutes; minute++)
        {
            if (reminder.IsDue(isWrong)) reports.Add(minute);
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        return reports;
    }
}
