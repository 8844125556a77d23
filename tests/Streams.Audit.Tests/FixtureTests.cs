using Streams.Events;

namespace Streams.Audit.Tests;

/// <summary>Logs of others, see the SOURCE.md beside each.</summary>
public sealed class FixtureTests
{
    [Theory]
    [InlineData("normal.log")]
    [InlineData("out_of_order.log")]
    public void Records_out_of_order_make_the_same_events(string name) =>
        Assert.Equal(
            [
                "58 SYSCALL SOCKADDR",
                "59 SYSCALL EXECVE CWD PATH PATH",
                "60 SYSCALL EXECVE CWD PATH PATH",
                "61 SYSCALL SOCKADDR CWD PATH",
                "62 SYSCALL",
            ],
            Read("go-libaudit/stream/" + name).Events.Select(Short).Order());

    [Fact]
    public void Records_lost_by_a_step_of_the_serial_are_a_hint_only()
    {
        (List<AuditEvent> events, LogStatistics statistics) = Read("go-libaudit/stream/lost_messages.log");
        Assert.Equal((5, 0L, 9L), (events.Count, statistics.Torn, statistics.SerialGaps));
    }

    [Fact]
    public void Serials_roll_over()
    {
        (List<AuditEvent> events, LogStatistics statistics) = Read("go-libaudit/stream/rollover.log");
        Assert.Equal([4294967294, 4294967295, 0, 1, 2], events.Select(e => e.Serial));
        Assert.Equal(0, statistics.SerialGaps);
        Assert.Equal(["SOCKADDR", "2 of 2 PATH, EXECVE", "1 of 1 PATH, SOCKADDR", null, null], events.Select(e => e.Missing));
    }

    [Theory]
    [InlineData("audit-rhel6.log", 2, 0)]
    [InlineData("audit-rhel7.log", 49, 1)]
    [InlineData("audit-ubuntu14.log", 1, 0)]
    [InlineData("audit-ubuntu16.log", 3, 0)]
    [InlineData("audit-ubuntu17.log", 1, 0)]
    public void Every_record_of_old_hosts_is_read(string name, long records, long bad)
    {
        LogStatistics statistics = Read("go-libaudit/auparse/" + name).Statistics;
        Assert.Equal((records, bad), (statistics.Records, statistics.BadLines.Sum(b => b.Count)));
    }

    [Fact]
    public void An_event_cut_in_two_and_nodes_on_some_records_only()
    {
        (List<AuditEvent> events, LogStatistics statistics) = Read("oms-auditd-plugin/raw-events.log");
        Assert.Equal((85, 14), (statistics.Records, statistics.Events));
        Assert.Empty(statistics.BadLines);
        string[] texts = [.. events.Select(e => $"{e.Host} {Short(e)}{(e.Missing is null ? "" : $" [{e.Missing}]")}")];
        Assert.Contains("test 262332 SYSCALL EXECVE CWD PATH PATH PROCTITLE", texts);
        Assert.Contains("localhost 262333 SYSCALL EXECVE [2 of 2 PATH]", texts);
        Assert.Contains("test 262334 EXECVE CWD PATH PATH PROCTITLE [SYSCALL]", texts);
        Assert.Contains("localhost 7605215 SYSCALL EXECVE CWD PATH PATH PROCTITLE", texts);
        Assert.Contains(texts, text => text.StartsWith("localhost 23533145 AVC AVC SYSCALL PROCTITLE", StringComparison.Ordinal));
        Assert.Contains(texts, text => text.StartsWith("localhost 5717 SYSCALL INTEGRITY_POLICY_RULE", StringComparison.Ordinal));
        AuditEvent large = events.Single(e => e.Serial == 603432);
        Assert.Equal(46, large.RecordCount);
        Assert.DoesNotContain("EXECVE", large.Missing ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void An_enriched_log()
    {
        (List<AuditEvent> events, LogStatistics statistics) = Read("plaso/audit_enriched.log");
        Assert.Equal((29, 12, 0L), (statistics.Records, statistics.Events, statistics.Torn));
        Assert.Empty(statistics.BadLines);
        Assert.Contains("447 LOGIN SYSCALL PROCTITLE", events.Select(Short));
    }

    [Fact]
    public void Malformed_lines_among_good_ones()
    {
        (List<AuditEvent> events, LogStatistics statistics) = Read("plaso/selinux.log");
        Assert.Equal(
            ["94983 LOGIN", "0 UNKNOWN[0]", "94984 UNKNOWN[0]", "94984 UNKNOWN[0]", "2159 MMAP", "101 AVC SYSCALL"],
            events.Select(Short));
        Assert.Equal(
            ["bad-stamp 2", "no-type 2", "unknown-type 3"],
            statistics.BadLines.Select(bad => $"{bad.Kind.Name()} {bad.Count}"));
    }

    [Fact]
    public void Records_in_lines_of_syslog()
    {
        string[] files = Directory.GetFiles(Path.Combine(Logs.Fixtures, "xp-rules-syslog"));
        (List<AuditEvent> events, LogStatistics statistics) = Logs.Read(files);
        Assert.Equal(36, files.Length);
        Assert.Equal((36, 36), (statistics.Records, statistics.Events));
        Assert.Empty(statistics.BadLines);
        Assert.Empty(statistics.Errors);
        Assert.Equal(
            [
                "as21481", "cent511local", "centos6", "deb7lablocal", "domen.ru", "linux-cb0u", "localhost.localdomain", "pt-ucs-testuser",
                "ubntserv12locallab", "ubntsrv14locallab",
            ],
            events.Select(e => e.Host).Distinct().Order(StringComparer.Ordinal));
    }

    private static (List<AuditEvent> Events, LogStatistics Statistics) Read(string name) => Logs.Read(Path.Combine(Logs.Fixtures, name));

    private static string Short(AuditEvent e) => $"{e.Serial} {Logs.Types(e)}";
}
