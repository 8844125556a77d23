using Streams.Audit.Netlink;

namespace Streams.Audit.Tests.Netlink;

public sealed class AuditReportsTests
{
    [Fact]
    public void What_finds_no_room_is_counted_and_stands_in_the_log()
    {
        var told = new Notes();
        int woken = 0;
        var reports = new AuditReports("web-1", TimeProvider.System, told, () => woken++);
        for (int i = 0; i < 4100; i++) reports.Warn("audit-rule-foreign", $"{i}");
        int taken = 0;
        while (reports.TryTake(out _)) taken++;
        Assert.Equal((4096, 4096, 4L, 4100), (taken, woken, reports.Dropped, told.Taken.Count()));
    }
}
