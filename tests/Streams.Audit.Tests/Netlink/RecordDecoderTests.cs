using System.Text;
using Streams.Audit.Netlink;
using Streams.Events;
using Streams.Events.Tables;

namespace Streams.Audit.Tests.Netlink;

public sealed class RecordDecoderTests
{
    private const long Now = 1_700_000_000_000;

    private readonly List<Event> _given = [];
    private readonly OwnChanges _ownChanges = new(TimeProvider.System);
    private readonly RecordDecoder _decoder;

    public RecordDecoderTests() =>
        _decoder = new RecordDecoder(new AuditOptions { Host = "web-01" }, null, _ownChanges, events => _given.AddRange(events.ToArray()));

    [Fact]
    public void The_records_of_an_event_become_one()
    {
        Decode(Call(7));
        var made = Assert.IsType<AuditEvent>(Assert.Single(Flushed()));
        Assert.Equal(("web-01", "audit", 7UL, 2), (made.Host, made.Collector, made.Serial, made.RecordCount));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(Now + 7), made.Occurred);
        Assert.False(made.IsTorn);
    }

    [Theory]
    [InlineData(2)] // An answer to a request.
    [InlineData(1000)]
    [InlineData(1329)] // AUDIT_REPLACE: does the daemon live?
    [InlineData(3000)]
    public void What_is_no_record_is_passed_over(int type)
    {
        Decode((type, "audit(1.001:1): pid=1"));
        Assert.Empty(Flushed());
        Assert.Equal((0, 0), (_decoder.Malformed, _decoder.Joiner.Records));
    }

    [Theory]
    [InlineData(1005)] // What auditctl -m sends.
    [InlineData(1006)]
    [InlineData(1100)]
    [InlineData(1199)]
    [InlineData(1327)]
    [InlineData(1700)]
    [InlineData(2000)]
    [InlineData(2999)]
    [Trait("Found", "D11")]
    public void What_a_log_of_auditd_shows_is_an_event(int type)
    {
        Decode((type, $"audit({Now / 1000}.000:1): pid=1 uid=0 msg='x'"));
        _decoder.Complete();
        Assert.Equal((RecordType)type, ((AuditEvent)Assert.Single(_given)).Type);
    }

    [Fact]
    public void A_record_without_a_stamp_is_counted_and_stops_nothing()
    {
        Decode((1112, "nonsense"), (1112, $"audit({Now / 1000}.000:1): pid=1"));
        Assert.Single(Flushed());
        Assert.Equal(1, _decoder.Malformed);
    }

    [Fact]
    public void What_was_dropped_from_the_queue_is_told_once_a_heartbeat()
    {
        Decode(Call(1));
        Decode(block => block.DroppedBefore = 30, Call(50));
        Decode(block => block.DroppedBefore = 12, Call(60));
        _decoder.AddHeartbeat(Now + 100, null, []);
        Gap gap = Assert.Single(Flushed().OfType<Gap>());
        Assert.Equal((42, "the collector's queue was full"), (gap.Records, gap.Cause));
        Assert.Equal((Time(1), Time(100)), (gap.From, gap.Occurred));
        _decoder.AddHeartbeat(Now + 1100, null, []);
        Assert.Single(Flushed().OfType<Gap>());
    }

    [Fact]
    public void After_an_overflow_what_is_missing_by_the_serials_is_lost_each_with_as_many_records_as_events_have_here()
    {
        Decode(Call(1));
        Decode(block => block.Overflows = 1, Call(2));
        Decode(Call(40));
        _decoder.Advance(0, Now + 1000);
        Assert.Empty(Flushed().OfType<Gap>());
        _decoder.Advance(3000, Now + 3000);
        Gap gap = Assert.Single(Flushed().OfType<Gap>());
        Assert.Equal((37 * 3, "the socket's buffer was full"), (gap.Records, gap.Cause));
        Assert.Equal(37 * 3, _decoder.LostInSocket);
    }

    [Fact]
    public void An_overflow_that_nothing_follows_is_told_at_once_and_counted_when_something_does()
    {
        Decode(block => block.Overflows = 1, Call(1));
        for (int seconds = 2; seconds < 5; seconds++) _decoder.Advance(seconds * 1000, Now + seconds * 1000);
        Assert.Equal([0L], Flushed().OfType<Gap>().Select(gap => gap.Records));
        Decode(Call(40));
        for (int seconds = 5; seconds < 8; seconds++) _decoder.Advance(seconds * 1000, Now + seconds * 1000);
        Assert.Equal([0L, 38 * 3], Flushed().OfType<Gap>().Select(gap => gap.Records));
        Assert.Equal(38 * 3, _decoder.LostInSocket);
    }

    [Fact]
    public void A_gap_in_the_serials_alone_is_no_loss()
    {
        Decode(Call(1));
        Decode(Call(40));
        _decoder.Advance(3000, Now + 3000);
        Assert.Empty(Flushed().OfType<Gap>());
        Assert.Equal((38, 0), (_decoder.Joiner.SerialGaps, _decoder.LostInSocket));
    }

    [Fact]
    public void For_the_daemon_an_overflow_is_no_loss_since_the_kernel_keeps_what_does_not_fit()
    {
        _decoder.IsOwner = true;
        Decode(block => block.Overflows = 1, Call(1));
        Decode(Call(40));
        _decoder.Advance(3000, Now + 3000);
        Assert.Empty(Flushed().OfType<Gap>());
    }

    [Fact]
    public void The_daemon_passes_over_what_comes_to_all_once_records_come_to_it_alone()
    {
        _decoder.IsOwner = true;
        Add(Call(1), isMulticast: true);
        Add(Call(2), isMulticast: false);
        Add(Call(2), isMulticast: true);
        Add(Call(3), isMulticast: false);
        Assert.Equal([1UL, 2UL, 3UL], Flushed().Select(e => e.Serial));
    }

    [Fact]
    public void One_who_is_the_daemon_no_more_reads_what_comes_to_all()
    {
        _decoder.IsOwner = true;
        Add(Call(1), isMulticast: false);
        _decoder.IsOwner = false;
        Add(Call(2), isMulticast: true);
        Assert.Equal([1UL, 2UL], Flushed().Select(e => e.Serial));
    }

    [Theory]
    [InlineData(5000L, false, 5000L)]
    [InlineData(null, false, 2L)]
    [InlineData(5000L, true, 2L)]
    public void A_heartbeat_tells_no_more_than_what_has_left(long? drainedAfter, bool isUnfinished, long expected)
    {
        Decode(Call(2));
        if (isUnfinished) Decode(Call(3)[..1]);
        _decoder.AddHeartbeat(Now + 5000, Now + drainedAfter, []);
        Assert.Equal(Time(expected), Flushed().OfType<Heartbeat>().Single().Occurred);
    }

    [Fact]
    public void What_a_heartbeat_has_told_is_not_taken_back()
    {
        _decoder.AddHeartbeat(Now + 5000, Now + 5000, []);
        Decode(Call(3)[..1]);
        _decoder.AddHeartbeat(Now + 6000, Now + 6000, []);
        Assert.All(Flushed().OfType<Heartbeat>(), beat => Assert.Equal(Time(5000), beat.Occurred));
    }

    [Theory]
    [InlineData("op=set audit_rate_limit=100 old=0 auid=0 ses=1 res=1", 0)]
    [InlineData("op=set audit_rate_limit=1000 old=0 auid=0 ses=1 res=1", 1)]
    [InlineData("op=set audit_rate_limit=100 old=0 auid=0 ses=1 res=0", 1)]
    [InlineData("op=set audit_failure=0 old=1 auid=0 ses=1 res=1", 1)]
    public void Only_a_change_that_the_collector_is_making_is_not_given_out(string change, int given)
    {
        _ownChanges.Expect("audit_rate_limit=100");
        Decode((1305, $"audit({Now / 1000}.000:1): {change}"));
        _decoder.Complete();
        Assert.Equal(given, Flushed().Count);
        Assert.Equal(1 - given, _decoder.Own);
        Assert.True(_decoder.HasConfigChange);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    public void The_same_change_by_another_process_is_given_out(int other, int given)
    {
        _ownChanges.Expect("audit_rate_limit=100");
        string stamp = $"audit({Now / 1000}.000:1):";
        Decode(
            (1305, $"{stamp} op=set audit_rate_limit=100 old=0 res=1"),
            (1300, $"{stamp} arch=c000003e syscall=44 success=yes exit=60 items=0 ppid=1 pid={Environment.ProcessId + other} auid=0"),
            (1327, $"{stamp} proctitle=78"), (1320, $"{stamp} "));
        Assert.Equal(given, Flushed().Count);
    }

    [Theory]
    [InlineData("SPE")] // All titles lost.
    [InlineData("SCPT")] // All ends lost.
    [InlineData("SPTE")] // All directories lost.
    public void However_many_events_in_a_row_lack_a_record_they_are_torn(string left)
    {
        Decode(Open(0, "SCPTE"));
        for (int serial = 1; serial < 40; serial++) Decode(Open(serial, left));
        _decoder.Complete();
        Assert.Equal(40, Flushed().Count);
        Assert.Equal(39, _decoder.Joiner.Torn);
    }

    [Fact]
    public void What_a_rule_excludes_is_missed_no_more_after_a_thousand_calls()
    {
        Decode(Open(0, "SCPTE"));
        for (int serial = 1; serial <= 1500; serial++) Decode(Open(serial, "SPE"));
        _decoder.Complete();
        Assert.Equal(1000, _decoder.Joiner.Torn);
    }

    [Fact]
    public void The_same_change_twice_is_given_out_once()
    {
        _ownChanges.Expect("op=remove_rule");
        for (int serial = 1; serial < 3; serial++)
            Decode((1305, $"audit({Now / 1000}.000:{serial}): op=remove_rule key=\"x\" list=4 res=1"));
        _decoder.Complete();
        Assert.Single(Flushed());
    }

    private static DateTimeOffset Time(long after) => DateTimeOffset.FromUnixTimeMilliseconds(Now + after);

    private static (int Type, string Text)[] Call(int serial)
    {
        string stamp = $"audit({(Now + serial) / 1000}.{(Now + serial) % 1000:000}:{serial}):";
        return
        [
            (1300, $"{stamp} arch=c000003e syscall=39 success=yes exit=3 items=0 ppid=1 pid=7"), (1327, $"{stamp} proctitle=6C73\0"),
            (1320, $"{stamp} \n"),
        ];
    }

    private static (int Type, string Text)[] Open(int serial, string records)
    {
        string stamp = $"audit({Now / 1000}.000:{serial}):";
        return
        [
            .. records.Select(record => record switch
            {
                'S' => (1300, $"{stamp} arch=c000003e syscall=80 success=yes exit=0 items=1 ppid=1 pid=7"),
                'C' => (1307, $"{stamp} cwd=\"/\""),
                'P' => (1302, $"{stamp} item=0 name=\"/\" nametype=NORMAL"),
                'T' => (1327, $"{stamp} proctitle=78"),
                _ => (1320, $"{stamp} "),
            }),
        ];
    }

    private void Decode(params (int Type, string Text)[] records) => Decode(_ => { }, records);

    private void Decode(Action<RecordBlock> change, params (int Type, string Text)[] records) =>
        Decode(change, records, isMulticast: false);

    private void Add((int Type, string Text)[] records, bool isMulticast) => Decode(_ => { }, records, isMulticast);

    private void Decode(Action<RecordBlock> change, (int Type, string Text)[] records, bool isMulticast)
    {
        using var block = new RecordBlock();
        foreach ((int type, string text) in records)
            Assert.True(block.TryAdd((ushort)type, isMulticast, Encoding.UTF8.GetBytes(text)));
        change(block);
        _decoder.Decode(block, Now);
    }

    private List<Event> Flushed()
    {
        _decoder.Flush();
        return _given;
    }
}
