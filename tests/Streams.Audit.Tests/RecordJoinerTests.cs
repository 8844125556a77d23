using Streams.Events;

namespace Streams.Audit.Tests;

public sealed class RecordJoinerTests
{
    private const string Call = "SYSCALL arch=c000003e syscall=257 success=yes exit=3 a0=0 items=1 pid=7";
    private const string Quick = "SYSCALL arch=c000003e syscall=39 success=yes exit=3 a0=0 items=0 pid=7";
    private const string Title = "PROCTITLE proctitle=6C73";

    [Fact]
    public void A_call_leaves_at_its_title_where_the_node_sends_no_end() =>
        Assert.Equal(["1:1 SYSCALL CWD PATH PROCTITLE"], Left(["1:1 " + Call, "1:1 CWD cwd=\"/\"", "1:1 PATH item=0", "1:1 " + Title]));

    [Fact]
    public void The_end_behind_the_title_of_an_event_that_has_left_is_no_late_record() =>
        Assert.Equal(["1:1 SYSCALL PROCTITLE"], Logs.Join("1:1 " + Quick, "1:1 " + Title, "1:1 EOE "));

    [Theory]
    [InlineData(1, 974, 0, 7000)]
    [InlineData(1, 1023, 0, 7000)]
    [InlineData(1, 1024, 0, 7000)]
    [InlineData(1, 1025, 0, 7000)]
    [InlineData(9, 20, 260, 0)]
    [Trait("Found", "C1")]
    public void An_event_beyond_what_a_builder_keeps_is_joined_like_others(int denials, int path, int targets, int arguments)
    {
        string[] records =
        [
            "0:0 " + Quick, "0:0 " + Title, "0:0 EOE ",
            .. Enumerable.Repeat("1:1 AVC denied", denials),
            $"1:1 {Call.Replace("items=1", "items=0", StringComparison.Ordinal)} exe=\"/{new string('d', path)}\"",
            .. Enumerable.Repeat("1:1 OBJ_PID opid=1", targets),
            $"1:1 EXECVE argc={arguments}{string.Concat(Enumerable.Range(0, arguments).Select(i => $" a{i}=\"abcdef\""))}",
            "1:1 " + Title,
            "1:1 EOE ",
            "1:2 USER_AUTH pid=1",
        ];
        List<string> left = Logs.Join(records);
        Assert.Equal(["0:0", "1:1", "1:2"], left.Select(e => e.Split(' ')[0]));
        Assert.Equal(denials + targets + 3, left[1].Split(' ').Length - 1);
    }

    [Fact]
    public void Where_a_node_sends_ends_a_call_leaves_at_its_end()
    {
        string[] learnt = ["1:1 " + Quick, "1:1 " + Title, "1:1 EOE "];
        Assert.Single(Left([.. learnt, "1:2 " + Quick, "1:2 " + Title]));
        Assert.Equal(2, Left([.. learnt, "1:2 " + Quick, "1:2 " + Title, "1:2 EOE "]).Count);
    }

    [Fact]
    public void A_node_that_sends_ends_no_more_is_believed_after_some_events()
    {
        var records = new List<string> { "0:1 " + Quick, "0:1 " + Title, "0:1 EOE " };
        for (int i = 2; i < 40; i++) records.AddRange([$"{i}:{i} {Quick}", $"{i}:{i} {Title}"]);
        List<string> left = Left([.. records]);
        Assert.Equal("39:39 SYSCALL PROCTITLE", left[^1]);
        Assert.Equal(8, left.Count(e => e.Contains("[EOE]", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("USER_AUTH")]
    [InlineData("USER_LOGIN")]
    [InlineData("CRED_ACQ")]
    [InlineData("SERVICE_START")]
    [InlineData("DAEMON_START")]
    [InlineData("ANOM_LOGIN_FAILURES")]
    [InlineData("CRYPTO_KEY_USER")]
    [InlineData("VIRT_CONTROL")]
    public void What_a_program_wrote_leaves_at_once(string type) => Assert.Equal([$"1:1 {type}"], Left([$"1:1 {type} pid=1"]));

    [Theory]
    [InlineData("LOGIN")]
    [InlineData("CONFIG_CHANGE")]
    [InlineData("AVC")]
    [InlineData("SECCOMP")]
    [InlineData("ANOM_ABEND")]
    [InlineData("ANOM_PROMISCUOUS")]
    [InlineData("NETFILTER_CFG")]
    [InlineData("MAC_STATUS")]
    [InlineData("SELINUX_ERR")]
    [InlineData("APPARMOR_DENIED")]
    [InlineData("MAC_TASK_CONTEXTS")]
    [InlineData("INTEGRITY_RULE")]
    [InlineData("FEATURE_CHANGE")]
    [InlineData("TTY")]
    public void What_may_precede_a_call_waits_for_it_and_is_whole_without(string type)
    {
        Assert.Empty(Left([$"1:1 {type} pid=1"]));
        Assert.Equal([$"1:1 {type}"], Logs.Join($"1:1 {type} pid=1"));
        Assert.Equal([$"1:1 {type} SYSCALL PROCTITLE"], Left([$"1:1 {type} pid=1", "1:1 " + Quick, "1:1 " + Title]));
    }

    [Theory]
    [InlineData("BPRM_FCAPS")]
    [InlineData("KERN_MODULE")]
    [InlineData("CAPSET")]
    [InlineData("PATH")]
    public void What_belongs_to_a_call_may_come_before_it(string type) =>
        Assert.Equal([$"1:1 {type} SYSCALL PROCTITLE"], Left([$"1:1 {type} x", "1:1 " + Quick, "1:1 " + Title]));

    [Fact]
    public void Records_without_a_call_that_end_with_a_title_are_whole() =>
        Assert.Equal(["1:1 NETFILTER_CFG PROCTITLE"], Left(["1:1 NETFILTER_CFG table=filter", "1:1 " + Title]));

    [Fact]
    public void An_operation_of_io_uring_is_a_call() =>
        Assert.Equal(["1:1 URINGOP CWD PATH"], Logs.Join("1:1 URINGOP uring_op=18 success=yes", "1:1 CWD cwd=\"/\"", "1:1 PATH item=0"));

    [Fact]
    public void An_unfinished_event_delays_none_behind_it() =>
        Assert.Equal(["1:2 SYSCALL PROCTITLE", "1:3 USER_AUTH"],
            Left(["1:1 AVC x", "1:2 " + Quick, "1:2 " + Title, "1:3 USER_AUTH pid=1"]));

    [Fact]
    public void Events_that_interleave_are_told_apart() =>
        Assert.Equal(
            ["1:2 SYSCALL PATH PROCTITLE", "1:1 SYSCALL PATH PROCTITLE", "1.001:1 SYSCALL PROCTITLE"],
            Left([
                "1:1 " + Call, "1:2 " + Call, "1:1 PATH item=0", "1.001:1 " + Quick, "1:2 PATH item=0", "1:2 " + Title, "1:1 " + Title,
                "1.001:1 " + Title,
            ]));

    [Fact]
    public void Hosts_with_the_same_stamp_and_serial_are_told_apart() =>
        Assert.Equal(
            ["b 1:1 SYSCALL PROCTITLE", "a 1:1 SYSCALL PROCTITLE"],
            Logs.Join("node=a 1:1 " + Quick, "node=b 1:1 " + Quick, "node=b 1:1 " + Title, "node=a 1:1 " + Title));

    [Theory]
    [InlineData("node=a ", "", "node=a ")]
    [InlineData("", "node=a ", "")]
    [InlineData("", "", "node=a ")]
    [InlineData("node=a ", "", "")]
    public void A_record_that_names_no_node_joins_the_event_of_its_stamp_and_serial(string first, string second, string third) =>
        Assert.Equal(["a 1:1 SYSCALL PATH PROCTITLE"], Left([first + "1:1 " + Call, second + "1:1 PATH item=0", third + "1:1 " + Title]));

    [Fact]
    public void It_does_so_also_when_other_events_came_between() =>
        Assert.Equal(
            ["b 1:2 USER_AUTH", "a 1:1 SYSCALL PATH PROCTITLE"],
            Left(["1:1 " + Call, "node=b 1:2 USER_AUTH x", "node=a 1:1 PATH item=0", "node=c 1:3 AVC x", "1:1 " + Title]));

    [Fact]
    public void The_host_of_records_that_name_none_can_be_set() =>
        Assert.Equal(
            ["web1 1:1 USER_AUTH", "a 1:2 USER_AUTH"],
            Logs.Join(new JoinerOptions { Host = "web1" }, "1:1 USER_AUTH x", "node=a 1:2 USER_AUTH x"));

    [Fact]
    public void An_unfinished_event_is_closed_when_its_node_is_two_seconds_on()
    {
        string[] open = ["1:1 AVC denied", "node=b 9:1 USER_AUTH x", "node=b 9:2 USER_AUTH x", "2.999:2 USER_AUTH x"];
        Assert.DoesNotContain("1:1 AVC", Left(open));
        Assert.DoesNotContain("1:1 AVC", Left([.. open, "3:3 USER_AUTH x"]));
        Assert.Equal("1:1 AVC", Left([.. open, "3:3 USER_AUTH x", "3:4 USER_AUTH x"])[^2]);
    }

    [Fact]
    public void A_record_that_one_event_has_overtaken_is_not_late() =>
        Assert.Equal(
            ["1:1 SYSCALL PATH", "9:2 SYSCALL PATH"],
            Logs.Join("1:1 " + Call, "9:2 " + Call, "1:1 PATH item=0", "9:2 PATH item=0"));

    [Theory]
    [InlineData(0.5, "1:1 AVC")]
    [InlineData(5, "")]
    public void How_long_an_event_may_be_unfinished_is_an_option(double seconds, string left) =>
        Assert.Equal(
            left,
            string.Join(
                ' ',
                Left(new JoinerOptions { Timeout = TimeSpan.FromSeconds(seconds) }, ["1:1 AVC x", "2:2 AVC x", "3:3 AVC x"]).Take(1)));

    [Fact]
    public void A_call_that_began_long_ago_is_not_torn_by_the_records_between() =>
        Assert.Equal(["60:2 USER_AUTH", "60:3 USER_AUTH", "1:1 SYSCALL PATH PROCTITLE"],
            Left(["60:2 USER_AUTH x", "1:1 " + Call, "60:3 USER_AUTH x", "1:1 PATH item=0", "1:1 " + Title]));

    [Fact]
    public void An_unfinished_event_is_closed_when_too_many_newer_ones_are()
    {
        var options = new JoinerOptions { MaxInFlight = 2 };
        Assert.Equal(["1:1 AVC"], Left(options, ["1:1 AVC x", "1:2 AVC x", "1:3 AVC x"]));
    }

    [Fact]
    public void An_unfinished_event_is_closed_when_they_hold_too_much()
    {
        var options = new JoinerOptions { MaxBytes = 1000 };
        string text = new('x', 400);
        Assert.Equal(["1:1 AVC"], Left(options, ["1:1 AVC " + text, "1:2 AVC " + text, "1:3 AVC " + text]));
    }

    [Fact]
    public void An_event_that_grows_without_end_is_closed()
    {
        var events = new List<AuditEvent>();
        var joiner = new RecordJoiner(events.Add);
        byte[] text = new byte[1 << 20];
        for (int i = 0; i < 40; i++) joiner.Add("a"u8, Streams.Events.Tables.RecordType.Path, 1000, 1, text);
        Assert.Equal([16, 16], events.Select(e => e.RecordCount));
        for (int i = 0; i < 140_000; i++) joiner.Add("a"u8, Streams.Events.Tables.RecordType.Path, 1000, 2, []);
        Assert.Equal([16, 16, 65535, 65535], events.Select(e => e.RecordCount));
        Assert.Equal([false, true, false, true], events.Select(e => e.IsLate));
    }

    [Fact]
    public void What_is_unfinished_leaves_by_the_collectors_clock()
    {
        var events = new List<string>();
        var joiner = new RecordJoiner(e => events.Add(Logs.Text(e)));
        joiner.AdvanceClock(5_000);
        Logs.Add(joiner, Logs.Line("1:1 AVC x"));
        joiner.AdvanceClock(6_000);
        Logs.Add(joiner, Logs.Line("1:2 AVC x"));
        joiner.AdvanceClock(6_999);
        Assert.Empty(events);
        joiner.AdvanceClock(7_000);
        Assert.Equal(["1:1 AVC"], events);
        joiner.AdvanceClock(8_000);
        Assert.Equal(["1:1 AVC", "1:2 AVC"], events);
    }

    [Fact]
    public void A_forged_stamp_closes_nothing()
    {
        string[] open = ["1:1 " + Call, "999999:2 USER_AUTH x", "999999:3 USER_AUTH x", "999999:4 USER_AUTH x"];
        Assert.Equal("1:1 SYSCALL PATH PROCTITLE", Left([.. open, "1:1 PATH item=0", "1:1 " + Title])[^1]);
        string[] mixed = [.. open, "1.1:5 USER_AUTH x", "999999:6 USER_AUTH x"];
        Assert.Equal("1:1 SYSCALL PATH PROCTITLE", Left([.. mixed, "1:1 PATH item=0", "1:1 " + Title])[^1]);
    }

    [Fact]
    public void A_jump_of_the_stamps_is_believed_when_several_events_follow_it()
    {
        string[] open = ["1:1 " + Call, "9999:2 USER_AUTH x", "9999:3 USER_AUTH x", "9999:4 USER_AUTH x"];
        Assert.DoesNotContain("1:1 SYSCALL [1 of 1 PATH]", Left(open));
        Assert.Contains("1:1 SYSCALL [1 of 1 PATH]", Left([.. open, "9999:5 USER_AUTH x"]));
    }

    [Fact]
    public void A_jump_back_is_believed_when_several_events_follow_it()
    {
        string[] open = ["9999:1 USER_AUTH x", "1:2 USER_AUTH x", "1:3 USER_AUTH x", "1:4 USER_AUTH x", "1:5 " + Call];
        Assert.Contains("1:5 SYSCALL [1 of 1 PATH]", Left([.. open, "3:6 USER_AUTH x", "3:7 USER_AUTH x"]));
    }

    [Fact]
    public void An_event_in_the_middle_of_a_believed_jump_is_not_torn()
    {
        string[] jump = ["1:1 USER_AUTH x", "9999:2 USER_AUTH x", "9999:3 USER_AUTH x", "9999:4 USER_AUTH x"];
        Assert.Equal("9999:5 SYSCALL PATH PROCTITLE", Left([.. jump, "9999:5 " + Call, "9999:5 PATH item=0", "9999:5 " + Title])[^1]);
    }

    [Fact]
    public void Late_records_leave_as_an_event_of_their_own() =>
        Assert.Equal(
            ["1:1 SYSCALL PATH PROCTITLE", "1:2 USER_AUTH", "1:1 OBJ_PID OBJ_PID late"],
            Logs.Join("1:1 " + Call, "1:1 PATH item=0", "1:1 " + Title, "1:1 OBJ_PID x", "1:2 USER_AUTH x", "1:1 OBJ_PID y"));

    [Fact]
    public void A_late_record_of_one_host_is_not_late_on_another() =>
        Assert.Equal(
            ["a 1:1 SYSCALL PROCTITLE", "b 1:1 AVC"],
            Logs.Join("node=a 1:1 " + Quick, "node=a 1:1 " + Title, "node=b 1:1 AVC x"));

    [Fact]
    public void Serials_wrap() =>
        Assert.Equal(
            ["1:4294967295 SYSCALL PROCTITLE", "1:0 SYSCALL PROCTITLE", "1:1 SYSCALL PROCTITLE"],
            Left(["1:4294967295 " + Quick, "1:4294967295 " + Title, "1:0 " + Quick, "1:0 " + Title, "1:1 " + Quick, "1:1 " + Title]));

    [Theory]
    [InlineData(0, "1", "2", "3")]
    [InlineData(2, "1", "4")]
    [InlineData(0, "1", "3", "2", "4")]
    [InlineData(0, "4294967294", "4294967295", "0", "1")]
    [InlineData(1, "4294967295", "1")]
    [InlineData(0, "1", "100000000", "100000001")]
    [InlineData(0, "4000000000", "1", "4000000001")]
    public void A_gap_in_serials_is_counted(long gaps, params string[] serials)
    {
        var joiner = new RecordJoiner(_ => { });
        foreach (string serial in serials) Logs.Add(joiner, Logs.Line($"1:{serial} USER_AUTH x"));
        Assert.Equal(gaps, joiner.SerialGaps);
    }

    [Fact]
    public void The_serials_of_the_daemon_are_no_gap()
    {
        var joiner = new RecordJoiner(_ => { });
        string[] records = ["1:7000 USER_AUTH x", "1:21 DAEMON_START x", "1:7001 USER_AUTH x"];
        foreach (string record in records) Logs.Add(joiner, Logs.Line(record));
        Assert.Equal(0, joiner.SerialGaps);
    }

    [Fact]
    public void An_end_without_an_event_is_counted_and_makes_none()
    {
        var joiner = new RecordJoiner(_ => Assert.Fail("an event"));
        Logs.Add(joiner, Logs.Line("1:1 EOE "));
        joiner.Complete();
        Assert.Equal(1, joiner.EndsAlone);
    }

    [Fact]
    public void Old_kernels_send_no_title_and_a_call_leaves_at_its_last_path_when_that_is_known()
    {
        var records = new List<string>();
        for (int i = 1; i <= 30; i++) records.AddRange([$"{i}:{i} {Call}", $"{i}:{i} PATH item=0"]);
        List<string> left = Left([.. records]);
        Assert.Equal(30, left.Count);
        Assert.DoesNotContain(left, e => e.Contains('['));
    }

    [Theory]
    [InlineData("PROCTITLE proctitle=6C73", "")]
    [InlineData("PATH item=0", "old")]
    public void An_event_of_many_records_is_looked_at_once(string record, string kernel)
    {
        var records = new List<string>();
        for (int i = 1; i <= 30 && kernel == "old"; i++) records.AddRange([$"{i}:{i} {Call}", $"{i}:{i} PATH item=0"]);
        records.AddRange(["99:99 SYSCALL arch=c000003e syscall=59 success=yes exit=0 a0=1 items=1", "99:99 EXECVE argc=30001 a0=\"x\""]);
        for (int i = 1; i < 30_000; i++) records.Add($"99:99 EXECVE a{i}=\"x\"");
        records.AddRange(Enumerable.Repeat("99:99 " + record, 30_000));
        List<string> events = Logs.Join([.. records]);
        Assert.EndsWith("1 of 30001 EXECVE arguments]", events[^1], StringComparison.Ordinal);
        Assert.Equal(kernel == "old" ? 31 : 1, events.Count);
    }

    [Fact]
    public void Operations_of_io_uring_have_no_title_and_teach_nothing_about_titles()
    {
        var records = new List<string> { "0:1 " + Quick, "0:1 " + Title };
        for (int i = 2; i < 40; i++) records.AddRange([$"{i}:{i} URINGOP uring_op=18", $"{i}:{i} PATH item=0"]);
        List<string> left = Left([.. records, "40:40 " + Call, "40:40 PATH item=0", "40:40 " + Title]);
        Assert.Equal("40:40 SYSCALL PATH PROCTITLE", left[^1]);
    }

    [Fact]
    public void The_first_word_of_the_clock_closes_nothing()
    {
        var joiner = new RecordJoiner(_ => Assert.Fail("an event"));
        Logs.Add(joiner, Logs.Line("1:1 AVC x"));
        joiner.AdvanceClock(1_700_000_000_000);
        joiner.AdvanceClock(1_700_000_001_999);
    }

    [Fact]
    public void Names_of_nodes_are_forgotten_when_there_are_too_many()
    {
        long events = 0;
        var joiner = new RecordJoiner(_ => events++, new JoinerOptions { MaxInFlight = 10 });
        for (int i = 0; i < 100_000; i++) Logs.Add(joiner, Logs.Line($"node=host-{i} 1:1 AVC x"));
        Assert.Equal(100_000 - 10, events);
        Assert.InRange(joiner.Nodes, 11, 5000);
    }

    [Theory]
    [InlineData("SYSCALL STREAMS_PROCESS PROCTITLE")]
    [InlineData("SYSCALL STREAMS_PROCESS CWD PATH PROCTITLE")]
    [InlineData("AVC STREAMS_PROCESS SYSCALL PROCTITLE")]
    public void What_a_collector_added_belongs_to_its_event_in_a_log_too(string types)
    {
        string[] records = [.. types.Split(' ').Select(type => $"1:1 {type} {(type == "SYSCALL" ? Quick["SYSCALL ".Length..] : "x")}")];
        Assert.Equal(["1:1 " + types], Left(records));
    }

    [Theory]
    [InlineData("1:1 STREAMS_PROCESS a|1:1 USER_AUTH b", "1:1 USER_AUTH STREAMS_PROCESS")]
    [InlineData("1:1 STREAMS_PROCESS a|1:2 USER_AUTH b", "1:2 USER_AUTH|1:1 STREAMS_PROCESS")]
    [InlineData("node=a 1:1 STREAMS_PROCESS a|node=b 1:1 USER_AUTH b", "b 1:1 USER_AUTH|a 1:1 STREAMS_PROCESS")]
    public void In_a_log_it_precedes_what_a_program_wrote(string records, string events) =>
        Assert.Equal(events.Split('|'), Logs.Join(records.Split('|')));

    [Fact]
    public void What_is_added_comes_last_also_to_what_a_program_wrote()
    {
        var events = new List<string>();
        var joiner = new RecordJoiner(e => events.Add(Logs.Text(e)), null, new Additions(_ => true));
        foreach (string record in (string[])["1:1 " + Quick, "1:1 " + Title, "1:2 USER_AUTH x", "1:3 " + Quick, "1:3 EOE "])
            Logs.Add(joiner, Logs.Line(record));

        Assert.Equal(
            ["1:1 SYSCALL PROCTITLE STREAMS_PROCESS", "1:2 USER_AUTH STREAMS_PROCESS", "1:3 SYSCALL STREAMS_PROCESS [PROCTITLE]"], events);
        Assert.Equal((3, 1, 0), (joiner.Events, joiner.Torn, joiner.Own));
    }

    [Fact]
    public void The_collectors_own_events_do_not_leave_and_are_counted()
    {
        var events = new List<string>();
        int seen = 0;
        var joiner = new RecordJoiner(e => events.Add(Logs.Text(e)), null, new Additions(_ => ++seen % 2 == 0));
        for (int i = 1; i <= 4; i++)
        {
            Logs.Add(joiner, Logs.Line($"1:{i} {Quick}"));
            Logs.Add(joiner, Logs.Line($"1:{i} {Title}"));
        }

        for (int i = 5; i <= 6; i++) Logs.Add(joiner, Logs.Line($"1:{i} USER_CMD x"));
        Assert.Equal(
            ["1:2 SYSCALL PROCTITLE STREAMS_PROCESS", "1:4 SYSCALL PROCTITLE STREAMS_PROCESS", "1:6 USER_CMD STREAMS_PROCESS"], events);
        Assert.Equal((3, 3, 0), (joiner.Events, joiner.Own, joiner.InFlight));
    }

    private sealed class Additions(Func<AuditEventBuilder, bool> keep) : IEventAdditions
    {
        public IReadOnlyList<KeyValuePair<string, long>> Counters => [];

        public bool AddTo(AuditEventBuilder records, long time)
        {
            Assert.Equal(Logs.Start * 1000 + 1000, time);
            bool kept = keep(records);
            records.Add(Streams.Events.Tables.RecordType.StreamsProcess, "entity=x"u8);
            return kept;
        }
    }

    private static List<string> Left(string[] records) => Left(new JoinerOptions(), records);

    // What has left before the end.
    private static List<string> Left(JoinerOptions options, string[] records)
    {
        var events = new List<string>();
        var joiner = new RecordJoiner(e => events.Add(Logs.Text(e)), options);
        foreach (string record in records) Logs.Add(joiner, Logs.Line(record));
        return events;
    }
}
