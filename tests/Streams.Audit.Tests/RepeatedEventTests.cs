using Streams.Events;

namespace Streams.Audit.Tests;

/// <summary>Several logs of one host.</summary>
[Trait("Found", "D16")]
public sealed class RepeatedEventTests
{
    private const string Syslog = "Jan  2 03:04:05 web1 audispd: ";
    private const string Call = "SYSCALL arch=c000003e syscall=39 success=yes exit=0 items=1 key=\"k\"";
    private static readonly string[] Event = ["1:7 " + Call, "1:7 CWD cwd=\"/\"", "1:7 PATH item=0 name=\"/a\""];

    [Fact]
    public void An_event_that_two_logs_have_counts_once()
    {
        string log = Lines([.. Event, "2:8 USER_AUTH a", "3:9 USER_AUTH b"]);
        (List<string> events, LogStatistics statistics) = Read(log, Forwarded(log));
        Assert.Equal(["1:7 SYSCALL CWD PATH", "2:8 USER_AUTH", "3:9 USER_AUTH"], events.Order(StringComparer.Ordinal));
        Assert.Equal((3, 3, 10), (statistics.Repeated, statistics.Events, statistics.Records));
    }

    [Theory]
    [InlineData("1:7 SYSCALL CWD PATH", 0, 1, 2)]
    [InlineData("1:7 SYSCALL CWD PATH", 0, 1)]
    [InlineData("1:7 SYSCALL CWD PATH", 2)]
    [InlineData("1:7 SYSCALL CWD PATH", 1, 2)]
    public void The_copy_that_is_whole_is_kept(string expected, params int[] records)
    {
        string whole = Lines(Event), part = Forwarded(Lines([.. records.Select(i => Event[i])]));
        foreach ((string first, string second) in ((string, string)[])[(whole, part), (part, whole)])
        {
            (List<string> events, LogStatistics statistics) = Read(first, second);
            Assert.EndsWith(expected, Assert.Single(events), StringComparison.Ordinal);
            Assert.Equal((1, 1, 0), (statistics.Repeated, statistics.Events, statistics.Torn));
        }
    }

    [Fact]
    public void A_copy_without_the_names_that_auditd_adds_is_one()
    {
        string raw = Lines("1:7 USER_AUTH pid=1 msg='op=x'");
        string enriched = Lines("1:7 USER_AUTH pid=1 msg='op=x'\u001dUID=\"root\"");
        (List<string> events, LogStatistics statistics) = Read(raw, enriched);
        Assert.Equal((1, 1), (events.Count, statistics.Repeated));
    }

    [Fact]
    public void Three_copies_count_once()
    {
        string log = Lines(Event);
        (List<string> events, LogStatistics statistics) = Read(log, Forwarded(log), Forwarded(log));
        Assert.Equal((1, 2), (events.Count, statistics.Repeated));
    }

    [Theory]
    [InlineData("1:7 USER_AUTH a", "1:7 USER_AUTH b")]
    [InlineData("node=a 1:7 USER_AUTH x", "node=b 1:7 USER_AUTH x")]
    [InlineData("1:7 USER_AUTH a", "1:8 USER_AUTH a")]
    [InlineData("1:7 USER_AUTH a", "1.001:7 USER_AUTH a")]
    [InlineData("1:7 CWD a", "1:7 EOE ")]
    public void Events_that_differ_are_two(string first, string second)
    {
        (List<string> events, LogStatistics statistics) = Read(Lines(first), Lines(second));
        Assert.Equal((first.Contains("CWD", StringComparison.Ordinal) ? 1 : 2, 0), (events.Count, statistics.Repeated));
    }

    // What any user may write with logger(1), who knows what he runs.
    [Theory]
    [InlineData("1:7 SYSCALL arch=c000003e syscall=39 success=no exit=-2 items=1 key=\"k\"", "1:7 CWD cwd=\"/\"", "1:7 PATH item=0 name=\"/a\"", "1:7 PATH item=1 name=\"/b\"")]
    [InlineData("1:7 SYSCALL success=no exit=-2", "1:7 " + Call, "1:7 CWD cwd=\"/\"", "1:7 PATH item=0 name=\"/a\"")]
    [InlineData("1:7 " + Call, "1:7 CWD cwd=\"/\"", "1:7 PATH item=0 name=\"/b\"", "1:7 PATH item=0 name=\"/a\"")]
    [InlineData("1:7 CWD cwd=\"/\"", "1:7 PATH item=0 name=\"/b\"")]
    public void A_copy_that_contradicts_takes_no_event_away(params string[] forged)
    {
        string log = Lines(Event), other = Forwarded(Lines(forged));
        foreach ((string first, string second) in ((string, string)[])[(log, other), (other, log)])
        {
            (List<string> events, LogStatistics statistics) = Read(first, second);
            Assert.Contains("1:7 SYSCALL CWD PATH", events);
            Assert.Equal((2, 0), (events.Count, statistics.Repeated));
        }
    }

    [Fact]
    public void A_record_that_is_cut_at_its_end_is_a_copy()
    {
        string log = Lines(Event), cut = Forwarded(Lines(Event[0], Event[1], Event[2][..^2]));
        Assert.Equal(1, Read(log, cut).Statistics.Repeated);
        Assert.Equal(1, Read(cut, log).Statistics.Repeated);
    }

    [Fact]
    public void What_one_log_has_twice_stays()
    {
        string log = Lines("1:7 USER_AUTH a", "1:7 USER_AUTH a");
        Assert.Equal(2, Read(log).Events.Count);
        (List<string> events, LogStatistics statistics) = Read(log, Lines("2:8 USER_AUTH b"));
        Assert.Equal((3, 0), (events.Count, statistics.Repeated));
    }

    [Fact]
    public void A_dense_log_is_read_in_bounded_memory_and_order()
    {
        string[] records = [.. Enumerable.Range(0, 20_000).Select(i => $"1.{i % 1000:000}:{i} USER_AUTH a{i}")];
        string log = Lines([.. records.OrderBy(record => record, StringComparer.Ordinal)]);
        (List<string> events, LogStatistics statistics) = Read(log, Forwarded(log));
        Assert.Equal((20_000, 20_000), (events.Count, statistics.Repeated));
    }

    private static string Lines(params string[] records) => string.Concat(records.Select(record => Logs.Line(record) + "\n"));

    private static string Forwarded(string log) => Syslog + log.TrimEnd('\n').Replace("\n", "\n" + Syslog, StringComparison.Ordinal) + "\n";

    private static (List<string> Events, LogStatistics Statistics) Read(params string[] logs)
    {
        using var folder = new Folder();
        (List<AuditEvent> events, LogStatistics statistics) = Logs.Read([.. logs.Select((log, i) => folder.Write($"log{i}x.log", log))]);
        return ([.. events.Select(Logs.Text)], statistics);
    }
}
