using System.Text;
using Streams.Events;
using Streams.Events.Tables;

namespace Streams.Audit.Tests;

/// <summary>What goes wrong with one event concerns that event alone.</summary>
[Trait("Found", "C1")]
public sealed class FaultTests
{
    private const string Quick = "SYSCALL arch=c000003e syscall=39 success=yes exit=3 a0=0 items=0 pid=7";
    private const string Bad = "SYSCALL arch=c000003e syscall=39 success=yes exit=3 a0=bad items=0 pid=7";
    private const string Title = "PROCTITLE proctitle=6C73";

    private readonly List<AuditEvent> _events = [];

    [Theory]
    [InlineData(Quick, Title, "1:2 SYSCALL PROCTITLE")]
    [InlineData("USER_LOGIN pid=bad", null, "1:2 USER_LOGIN")]
    [InlineData("AVC bad", null, "1:2 AVC")]
    public void What_cannot_be_enriched_continues_with_its_own_records(string first, string? second, string expected)
    {
        var joiner = new RecordJoiner(_events.Add, additions: new Additions());
        Add(joiner, "1:1 USER_AUTH pid=1", "1:2 " + first.Replace("a0=0", "a0=bad", StringComparison.Ordinal));
        if (second is not null) Add(joiner, "1:2 " + second);
        Add(joiner, "1:3 USER_AUTH pid=1");
        joiner.Complete();
        Assert.Equal(
            [("1:1 USER_AUTH STREAMS_PROCESS", EventFault.None), (expected, EventFault.Enrich),
                ("1:3 USER_AUTH STREAMS_PROCESS", EventFault.None)],
            _events.OrderBy(e => e.Serial).Select(e => (Logs.Text(e), e.Fault)));
        Assert.Equal(1, joiner.Faults.Total);
        Assert.Equal("enrich", _events.Single(e => e.Serial == 2)[Field.Of("streams.fault")].ToString());
    }

    [Theory]
    [InlineData("EOE ")]
    [InlineData(null)]
    public void What_cannot_be_compared_with_what_belongs_to_it_continues(string? end)
    {
        var joiner = new RecordJoiner(_events.Add) { MissingOf = Missing };
        Add(joiner, "1:1 " + Quick, "1:2 " + Bad, "1:1 " + Title, "1:2 " + Title);
        if (end is not null) Add(joiner, "1:2 " + end);
        Add(joiner, "1:3 " + Quick, "1:3 " + Title);
        if (end is not null) Add(joiner, "1:3 " + end);
        joiner.Complete();
        Assert.Equal(
            [("1:1 SYSCALL PROCTITLE", EventFault.None), ("1:2 SYSCALL PROCTITLE", EventFault.Join),
                ("1:3 SYSCALL PROCTITLE", EventFault.None)],
            _events.OrderBy(e => e.Serial).Select(e => (Logs.Text(e), e.Fault)));
        Assert.Equal((3, 0), (joiner.Events, joiner.InFlight));
    }

    [Fact]
    public void An_event_that_is_closed_by_time_may_be_faulty_too()
    {
        var joiner = new RecordJoiner(_events.Add) { MissingOf = Missing };
        Add(joiner, "1:1 " + Bad, "5:2 USER_AUTH pid=1", "9:3 USER_AUTH pid=1");
        Assert.Equal([2UL, 1UL, 3UL], _events.Select(e => e.Serial));
        Assert.Equal(EventFault.Join, _events[1].Fault);
    }

    [Fact]
    public void A_fault_that_nobody_foresaw_closes_the_event_of_the_record()
    {
        var joiner = new RecordJoiner(_events.Add);
        Add(joiner, "1:1 " + Quick, "1:2 " + Quick);
        joiner.Recover(default, RecordType.Syscall, Stamp(1), 2, default, new InvalidOperationException());
        Add(joiner, "1:1 " + Title, "1:3 " + Quick, "1:3 " + Title);
        Assert.Equal(
            [("1:2 SYSCALL", EventFault.Join), ("1:1 SYSCALL PROCTITLE", EventFault.None), ("1:3 SYSCALL PROCTITLE", EventFault.None)],
            _events.Select(e => (Logs.Text(e), e.Fault)));
        Assert.Equal(0, joiner.InFlight);
    }

    [Fact]
    public void When_the_lists_are_not_to_be_trusted_all_that_is_open_leaves()
    {
        var joiner = new RecordJoiner(_events.Add);
        for (int i = 1; i < 10; i++) Add(joiner, $"1:{i} {Quick}", $"1:{i} AVC denied");
        joiner.Salvage(new InvalidOperationException());
        Assert.Equal(9, _events.Count(e => e is { Fault: EventFault.Join, RecordCount: 2 }));
        Add(joiner, "1:20 " + Quick, "1:20 " + Title);
        Assert.Equal(("1:20 SYSCALL PROCTITLE", EventFault.None), (Logs.Text(_events[^1]), _events[^1].Fault));
        joiner.Complete();
        Assert.Equal((10, 0), (_events.Count, joiner.InFlight));
    }

    [Fact]
    public void What_whoever_takes_the_events_throws_is_theirs()
    {
        var joiner = new RecordJoiner(_ => throw new IOException("full"));
        Assert.Throws<IOException>(() => Add(joiner, "1:1 USER_AUTH pid=1"));
        Assert.Equal(0, joiner.Faults.Total);
    }

    [Fact]
    public void A_fault_survives_a_recording()
    {
        var joiner = new RecordJoiner(_events.Add, additions: new Additions());
        Add(joiner, "1:1 USER_LOGIN pid=bad");
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        Events.Input.InputCodec.Write(new Events.Input.Batch(new Event[] { _events[0] }), output);
        var batch = (Events.Input.Batch)new Events.Input.InputCodec().Read(output.WrittenMemory)!;
        Event read = batch.Events.Span[0];
        Assert.Equal("enrich", read[Field.Of("streams.fault")].ToString());
        Assert.Equal(EventFault.None, read.TakeFault(out _));
    }

    [Theory]
    [InlineData("argc=1 a12")]
    [InlineData("argc=2 a0=\"x\" a1")]
    [InlineData("argc=1 a0[")]
    [InlineData("argc=1 a0[0]")]
    [InlineData("argc=1 a0_len=")]
    [InlineData("argc= a99999999999=1")]
    public void A_list_of_arguments_that_is_cut_off_anywhere_is_a_torn_event(string arguments)
    {
        var joiner = new RecordJoiner(_events.Add);
        Add(joiner, "1:1 SYSCALL arch=c000003e syscall=59 success=yes exit=0 items=0", "1:1 EXECVE " + arguments, "1:1 " + Title);
        joiner.Complete();
        Assert.Equal(EventFault.None, Assert.Single(_events).Fault);
    }

    private static void Add(RecordJoiner joiner, params string[] records)
    {
        foreach (string record in records) Logs.Add(joiner, Logs.Line(record));
    }

    private static long Stamp(int second) => (Logs.Start + second) * 1000;

    private static string? Missing(OpenEvent open) =>
        Encoding.UTF8.GetString(open.Builder[0].Text).Contains("bad", StringComparison.Ordinal)
            ? throw new InvalidOperationException("injected")
            : Needs.Missing(open);

    /// <summary>Adds a record to each event, and throws behind it where the first one holds the word.</summary>
    private sealed class Additions : IEventAdditions
    {
        public IReadOnlyList<KeyValuePair<string, long>> Counters => [];

        public bool AddTo(AuditEventBuilder records, long time)
        {
            string first = Encoding.UTF8.GetString(records[0].Text);
            records.Add(RecordType.StreamsProcess, "v=1"u8);
            return !first.Contains("bad", StringComparison.Ordinal) ? true : throw new InvalidOperationException("injected");
        }
    }
}
