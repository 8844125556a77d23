using Streams.Events;
using Streams.Host.Output;
using Xunit;
using Records = Streams.Testing.Audit;

namespace Streams.Host.Tests.Output;

public class AlertBlockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private static readonly Alert Sample = new()
    {
        Id = "0",
        Revision = 1,
        Status = AlertStatus.Start,
        Query = "host-silent",
        Description = "A host stopped sending",
        Severity = Severity.High,
        Techniques = ["T1562"],
        Key = "web-1",
        Host = "web-1",
        Message = "web-1 has been silent since noon",
        Timestamp = Noon,
        Started = Noon,
        Trigger = new EventId("web-1", Noon, 7),
        Evidence = [new Heartbeat("web-1", "audit", Noon, 7)],
    };

    [Fact]
    [Trait("Found", "C1")]
    public void An_event_that_cannot_be_shown_costs_its_own_line()
    {
        Alert alert = Sample with { Evidence = [new Streams.Testing.OddEvent(Noon, 3), .. Sample.Evidence] };
        string[] lines = AlertBlock.Render(alert, colour: false, width: 120).Split('\n');
        Assert.Contains("    12:00:00.000  serial 3 cannot be shown: InvalidOperationException", lines);
        Assert.Contains(lines, line => line.Contains("12:00:00.000  heartbeat", StringComparison.Ordinal));
    }

    [Fact]
    public void An_alert_is_a_block_with_its_evidence()
    {
        string expected =
            """
            HIGH     host-silent on web-1  2026-01-31 12:00:00.000Z
              web-1 has been silent since noon
              T1562
                12:00:00.000  heartbeat


            """;
        Assert.Equal(expected.ReplaceLineEndings("\n"), AlertBlock.Render(Sample, colour: false, width: 120));
    }

    [Fact]
    public void An_end_says_how_long_it_went_on()
    {
        Alert end = Sample with
        {
            Status = AlertStatus.End,
            Revision = 2,
            Count = 1200,
            Ended = Noon.AddMinutes(90),
            Timestamp = Noon.AddMinutes(90),
        };
        string block = AlertBlock.Render(end, colour: false, width: 120);
        Assert.Contains("host-silent on web-1 ended  2026-01-31 13:30:00.000Z", block, StringComparison.Ordinal);
        Assert.Contains("1,200 events · for 1 h 30 m", block, StringComparison.Ordinal);
        Assert.DoesNotContain("heartbeat", block, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Found", "Q6")]
    public void An_update_shows_its_message_and_the_newest_event()
    {
        Alert update = Sample with
        {
            Status = AlertStatus.Update,
            Message = "userdel changed /etc/passwd",
            Count = 2,
            Evidence = [new Heartbeat("web-1", "audit", Noon, 7), new Gap("web-1", "audit", Noon, Noon, 8, 3, "queue full")],
        };
        string block = AlertBlock.Render(update, colour: false, width: 120);
        Assert.Contains("goes on", block, StringComparison.Ordinal);
        Assert.Contains("\n  userdel changed /etc/passwd\n", block, StringComparison.Ordinal);
        Assert.Contains("    12:00:00.000  lost 3 records  queue full", block, StringComparison.Ordinal);
        Assert.DoesNotContain("heartbeat", block, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Found", "Q8")]
    public void A_bind_a_listen_and_an_accept_show_address_and_port()
    {
        const string Call = "type=SYSCALL arch=c000003e syscall=";
        const string By = "items=0 ppid=1 pid=812 auid=4294967295 uid=0 gid=0 euid=0 comm=\"nc\" exe=\"/usr/bin/nc\"";
        Event[] evidence =
        [
            Records.Of($"{Call}49 success=yes exit=0 a0=3 a1=7f a2=10 a3=0 {By}", "type=SOCKADDR saddr=0200115C000000000000000000000000"),
            Records.Of($"{Call}50 success=yes exit=0 a0=3 a1=1 a2=0 a3=0 {By}"),
            Records.Of($"{Call}43 success=yes exit=4 a0=3 a1=7f a2=7f a3=0 {By}", "type=SOCKADDR saddr=0200C738CB0071420000000000000000"),
            Records.Of($"{Call}43 success=yes exit=5 a0=3 a1=0 a2=0 a3=0 {By}"),
            Records.Of($"{Call}43 success=no exit=-11 a0=3 a1=0 a2=0 a3=0 {By}"),
        ];
        string[] lines = AlertBlock.Render(Sample with { Evidence = evidence, Count = 5 }, colour: false, width: 200).Split('\n');
        Assert.Collection(
            lines.Where(line => line.Contains("[812]", StringComparison.Ordinal)),
            line => Assert.EndsWith("/usr/bin/nc [812]  on 0.0.0.0:4444", line, StringComparison.Ordinal),
            line => Assert.EndsWith("/usr/bin/nc [812]  on 0.0.0.0:4444", line, StringComparison.Ordinal),
            line => Assert.EndsWith(
                "from 203.0.113.66:51000 on 0.0.0.0:4444  (called then; the client may have come later)", line, StringComparison.Ordinal),
            line => Assert.EndsWith(
                "from an unknown client on 0.0.0.0:4444  (called then; the client may have come later)", line, StringComparison.Ordinal),
            line => Assert.EndsWith("/usr/bin/nc [812]", line, StringComparison.Ordinal));
    }

    [Fact]
    public void What_was_left_out_between_the_first_and_the_last_events_is_counted()
    {
        Heartbeat[] kept = [.. Enumerable.Range(0, 16).Select(i => new Heartbeat("web-1", "audit", Noon.AddSeconds(i), 7))];
        string block = AlertBlock.Render(Sample with { Count = 100, Evidence = kept }, colour: false, width: 120);
        Assert.Contains("12:00:07.000  heartbeat\n    … 84 more\n    12:00:08.000", block, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_of_a_record_acts_on_the_terminal()
    {
        const string Hostile = "\u001b]0;owned\u0007\u202e[red]x[/]\r\n\u009b2J";
        Alert alert = Sample with
        {
            Message = Hostile,
            Key = Hostile,
            Host = Hostile,
            Query = Hostile,
            Techniques = [Hostile],
            Evidence = [new Gap(Hostile, Hostile, Noon, Noon, 1, 1, Hostile)],
        };
        string block = AlertBlock.Render(alert, colour: false, width: Terminal.PipeWidth);
        Assert.DoesNotContain(block, letter => letter is '\u001b' or '\u0007' or '\u202e' or '\u009b' or '\r');
        Assert.Equal(5, block.Split('\n').Length - 1);
    }

    [Fact]
    public void Colour_is_only_written_where_it_is_wanted()
    {
        Assert.Contains("\u001b[1;31mHIGH", AlertBlock.Render(Sample, colour: true, width: 120), StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', AlertBlock.Render(Sample, colour: false, width: 120));
    }
}
