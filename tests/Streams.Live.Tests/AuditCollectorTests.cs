using System.Diagnostics;
using System.Globalization;
using System.Text;
using Streams.Audit;
using Streams.Audit.Netlink;
using Streams.Events;
using Streams.Events.Tables;

namespace Streams.Live.Tests;

/// <summary>The collector of the kernel's audit, against the kernel.</summary>
public sealed class AuditCollectorTests : IDisposable
{
    private const string Shell = "/usr/bin/dash";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-live-");
    private readonly CollectedEvents _events = new();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_call_that_a_rule_is_about_becomes_an_event_and_at_the_end_nobody_gets_the_records()
    {
        using KernelAudit kernel = KernelAudit.Take();
        var collector = new AuditCollector(new AuditOptions { SocketType = AuditSocketType.Unicast }, TimeProvider.System);
        using (collector.Subscribe(_events))
        {
            _events.Wait("audit-collector-started");
            Assert.Equal(Environment.ProcessId, KernelAudit.Status()["pid"]);
            Watch("execve", "/usr/bin/true");
            Run("/usr/bin/true");
            AuditEvent call = _events.Wait<AuditEvent>(e => e.Type == RecordType.Syscall && e.Data("key") == "live");
            Assert.Equal("/usr/bin/true", call.Process.Executable);
            Assert.Null(call.Missing);
        }

        Assert.Equal(0, KernelAudit.Status()["pid"]);
        Assert.Single(KernelAudit.Rules());
        Assert.Equal(0, Counter(collector, "lost.kernel"));
    }

    [Fact]
    public void Its_own_changes_are_no_events()
    {
        using KernelAudit kernel = KernelAudit.Take();
        KernelAudit.Control("-e", "1");
        KernelAudit.Control("-b", "100");
        var options = new AuditOptions { SocketType = AuditSocketType.Unicast, BacklogLimit = 8000 };
        var collector = new AuditCollector(options, TimeProvider.System);
        using IDisposable running = collector.Subscribe(_events);
        _events.Wait("audit-collector-started");
        Assert.Equal(8000, KernelAudit.Status()["backlog_limit"]);
        KernelAudit.Control("-b", "7000");
        _events.Wait<AuditEvent>(e => e.Data("audit_backlog_limit") == "7000");
        Assert.DoesNotContain(_events.All.OfType<AuditEvent>(), e => e.Data("audit_backlog_limit") == "8000");
    }

    [Fact]
    [Trait("Found", "D11")]
    public void What_auditctl_sends_as_a_message_is_an_event()
    {
        using KernelAudit kernel = KernelAudit.Take();
        var collector = new AuditCollector(new AuditOptions { SocketType = AuditSocketType.Unicast }, TimeProvider.System);
        using IDisposable running = collector.Subscribe(_events);
        _events.Wait("audit-collector-started");
        KernelAudit.Control("-m", "a-message-of-this-test");
        AuditEvent message = _events.Wait<AuditEvent>(e => e.Type == RecordType.User);
        Assert.Contains("a-message-of-this-test", Encoding.UTF8.GetString(message.Record(0).Text), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_recorded_until_now_can_be_waited_for()
    {
        using KernelAudit kernel = KernelAudit.Take();
        using var additions = new HeldUp();
        var collector = new AuditCollector(
            new AuditOptions { SocketType = AuditSocketType.Unicast }, TimeProvider.System, additions: additions);
        Assert.True(collector.WaitFor(DateTimeOffset.UtcNow, TimeSpan.Zero));
        using (collector.Subscribe(_events))
        {
            _events.Wait("audit-collector-started");
            additions.Hold();
            Watch("execve", "/usr/bin/true");
            additions.Called.Wait(TestContext.Current.CancellationToken);
            DateTimeOffset now = DateTimeOffset.UtcNow;
            Assert.False(collector.WaitFor(now, TimeSpan.Zero));
            Task<bool> wait = Task.Run(() => collector.WaitFor(now, TimeSpan.FromMinutes(1)), TestContext.Current.CancellationToken);
            additions.Release();
            Assert.True(await wait);
        }

        Assert.True(collector.WaitFor(DateTimeOffset.UtcNow, TimeSpan.Zero));
    }

    [Theory]
    [InlineData(false, "100")]
    [InlineData(true, "0")]
    public void A_setting_that_somebody_changes_is_told_and_by_option_repaired(bool repair, string left)
    {
        using KernelAudit kernel = KernelAudit.Take();
        var collector = new AuditCollector(new AuditOptions { SocketType = AuditSocketType.Unicast, Repair = repair }, TimeProvider.System);
        using IDisposable running = collector.Subscribe(_events);
        _events.Wait("audit-collector-started");
        KernelAudit.Control("-r", "100");
        Document changed = _events.Wait("audit-setting-changed");
        Assert.Equal("rate_limit", changed[Field.Of("streams.audit.setting")].ToString());
        Assert.Equal("100", changed[Field.Of("streams.audit.found")].ToString());
        if (repair) _events.Wait("audit-repaired");
        Assert.Equal(left, KernelAudit.Status()["rate_limit"].ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Beside_a_daemon_it_reads_along_and_takes_over_when_that_ends()
    {
        using KernelAudit kernel = KernelAudit.Take();
        using Process daemon = Daemon();
        try
        {
            while (KernelAudit.Status()["pid"] != daemon.Id) Assert.False(daemon.HasExited, "auditd has ended");
            var collector = new AuditCollector(new AuditOptions { SocketType = AuditSocketType.Unicast }, TimeProvider.System);
            using IDisposable running = collector.Subscribe(_events);
            Document started = _events.Wait("audit-collector-started");
            Assert.Equal("multicast", started[Field.Of("streams.audit.socket_type")].ToString());
            Assert.Equal(daemon.Id.ToString(CultureInfo.InvariantCulture), started[Field.Of("streams.audit.owner.pid")].ToString());
            Watch("execve", "/usr/bin/true");
            Run("/usr/bin/true");
            _events.Wait<AuditEvent>(e => e.Data("key") == "live" && e.Type == RecordType.Syscall);
            daemon.Kill();
            _events.Wait("audit-owner-regained");
            Assert.Equal(Environment.ProcessId, KernelAudit.Status()["pid"]);
        }
        finally
        {
            daemon.Kill();
            daemon.WaitForExit();
        }
    }

    [Fact]
    public void A_daemon_that_comes_second_is_refused()
    {
        using KernelAudit kernel = KernelAudit.Take();
        var collector = new AuditCollector(new AuditOptions { SocketType = AuditSocketType.Unicast }, TimeProvider.System);
        using IDisposable running = collector.Subscribe(_events);
        _events.Wait("audit-collector-started");
        using Process daemon = Daemon();
        daemon.WaitForExit();
        Assert.Equal(Environment.ProcessId, KernelAudit.Status()["pid"]);
        Watch("execve", "/usr/bin/true");
        Run("/usr/bin/true");
        _events.Wait<AuditEvent>(e => e.Data("key") == "live" && e.Type == RecordType.Syscall);
    }

    [Fact]
    public void Who_is_made_the_daemon_no_more_says_so_and_becomes_it_again()
    {
        using KernelAudit kernel = KernelAudit.Take();
        var collector = new AuditCollector(new AuditOptions { SocketType = AuditSocketType.Unicast }, TimeProvider.System);
        using IDisposable running = collector.Subscribe(_events);
        _events.Wait("audit-collector-started");
        using (var control = new AuditControl()) control.Set(AuditSetting.Pid, 0);
        _events.Wait("audit-owner-lost");
        _events.Wait("audit-owner-regained");
        Assert.Equal(Environment.ProcessId, KernelAudit.Status()["pid"]);
    }

    [Fact]
    public void What_does_not_fit_into_the_kernels_backlog_is_told_and_no_torn_event_is_called_whole()
    {
        const int calls = 60_000;
        using KernelAudit kernel = KernelAudit.Take();
        var options = new AuditOptions
        {
            SocketType = AuditSocketType.Unicast,
            BackpressureStrategy = BackpressureStrategy.Kernel,
            BacklogLimit = 64,
            ReceiveBuffer = 16 * 1024,
        };
        var collector = new AuditCollector(options, TimeProvider.System);
        using IDisposable running = collector.Subscribe(_events);
        _events.Wait("audit-collector-started");
        Watch("chdir", Shell);
        Flood(calls);
        Gap gap = _events.Wait<Gap>(_ => true);
        Assert.Equal("the kernel lost records", gap.Cause);
        running.Dispose();

        AuditEvent[] made = [.. _events.All.OfType<AuditEvent>().Where(e => e.Type != RecordType.ConfigChange)];
        Assert.DoesNotContain(made, IsCalledWholeWrongly);
        long lost = Counter(collector, "lost.kernel");
        Assert.True(made.Length + lost >= calls, $"{made.Length} events and {lost} lost records of {calls} calls");
    }

    [Fact]
    public void When_nothing_is_lost_every_call_is_a_whole_event()
    {
        const int calls = 20_000;
        using KernelAudit kernel = KernelAudit.Take();
        var collector = new AuditCollector(new AuditOptions { SocketType = AuditSocketType.Unicast }, TimeProvider.System);
        using IDisposable running = collector.Subscribe(_events);
        _events.Wait("audit-collector-started");
        Watch("chdir", Shell);
        Flood(calls);

        // The kernel hands records out in their order, some time after the calls.
        int last = Run(Shell, "-c", "cd /");
        _events.Wait<AuditEvent>(e => e.Process.Pid == last && e.Type == RecordType.Syscall);
        running.Dispose();
        Assert.Equal([0, 0, 0], new[] { "lost.kernel", "lost.socket", "lost.queue" }.Select(name => Counter(collector, name)));
        AuditEvent[] made = [.. _events.All.OfType<AuditEvent>().Where(e => e.Data("key") == "live" && e.Type == RecordType.Syscall)];
        Assert.Equal(calls + 1, made.Length);
        Assert.DoesNotContain(made, e => e.IsTorn || IsCalledWholeWrongly(e));
        Assert.Empty(_events.All.OfType<Gap>());
    }

    [Fact]
    public void What_does_not_fit_into_the_socket_of_one_who_reads_along_is_told()
    {
        using KernelAudit kernel = KernelAudit.Take();
        var options = new AuditOptions
        {
            SocketType = AuditSocketType.Multicast,
            BackpressureStrategy = BackpressureStrategy.None,
            QueueBytes = 1,
            ReceiveBuffer = 16 * 1024,
        };
        var collector = new AuditCollector(options, TimeProvider.System);
        using IDisposable running = collector.Subscribe(_events);
        _events.Wait("audit-collector-started");
        BoundWaits();
        Watch("chdir", Shell);
        _events.Hold();
        Flood(20_000);
        DateTimeOffset released = TimeProvider.System.GetUtcNow();
        _events.Release();
        _events.Wait<Heartbeat>(beat => beat.Occurred > released);
        Flood(1);
        Gap gap = _events.Wait<Gap>(g => g.Cause == "the socket's buffer was full" && g.Records > 0);
        Assert.Equal(Counter(collector, "lost.socket"), gap.Records);
        Assert.True(Counter(collector, "enobufs") > 0);
        running.Dispose();
        Assert.DoesNotContain(_events.All.OfType<AuditEvent>(), IsCalledWholeWrongly);
    }

    [Fact]
    public void What_a_queue_that_is_full_drops_is_told_record_by_record()
    {
        const int calls = 20_000;
        using KernelAudit kernel = KernelAudit.Take();
        var options = new AuditOptions { SocketType = AuditSocketType.Multicast, QueueBytes = 300_000 };
        var collector = new AuditCollector(options, TimeProvider.System);
        using IDisposable running = collector.Subscribe(_events);
        _events.Wait("audit-collector-started");
        BoundWaits();
        Watch("chdir", Shell);
        _events.Hold();
        Flood(calls);
        _events.Release();
        Gap gap = _events.Wait<Gap>(g => g.Cause == "the collector's queue was full");
        running.Dispose();
        Assert.Equal(Counter(collector, "lost.queue"), gap.Records);
        Assert.True(Counter(collector, "records") + Counter(collector, "lost.queue") >= 5 * calls);
    }

    private static bool IsCalledWholeWrongly(AuditEvent made)
    {
        RecordType[] types = [.. Enumerable.Range(0, made.RecordCount).Select(made.RecordTypeAt)];
        return !made.IsTorn && made.Type == RecordType.Syscall && made.Data("key") == "live"
            && !(types.Contains(RecordType.Cwd) && types.Contains(RecordType.Path) && types.Contains(RecordType.Proctitle));
    }

    private static long Counter(AuditCollector collector, string name) => collector.Counters.Single(counter => counter.Key == name).Value;

    private static void Watch(string call, string program) =>
        KernelAudit.Control("-a", "always,exit", "-F", "arch=b64", "-S", call, "-F", $"exe={program}", "-k", "live");

    // kernel/audit.c wakes kauditd before it puts a caller on the queue of those who wait: the one that was overtaken waits its whole time.
    private static void BoundWaits() => KernelAudit.Control("--backlog_wait_time", "25");

    private static void Flood(int calls) => Run(Shell, "-c", $"i=0; while [ $i -lt {calls} ]; do cd /; i=$((i+1)); done");

    private static int Run(string program, params string[] args)
    {
        using Process process = Process.Start(program, args);
        process.WaitForExit();
        return process.Id;
    }

    private Process Daemon()
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/auditd"), "needs auditd");
        string configuration = Path.Combine(_folder.FullName, "auditd.conf");
        File.WriteAllText(
            configuration,
            $"""
             log_file = {_folder.FullName}/audit.log
             write_logs = no
             log_format = RAW
             flush = none
             max_log_file = 8
             num_logs = 2
             space_left = 75
             space_left_action = ignore
             admin_space_left = 50
             admin_space_left_action = ignore
             disk_full_action = ignore
             disk_error_action = ignore

             """);
        File.SetUnixFileMode(configuration, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return Process.Start(new ProcessStartInfo("auditd", ["-n", "-c", _folder.FullName]) { RedirectStandardError = true })!;
    }

    // Holds the thread that decodes.
    private sealed class HeldUp : IEventAdditions, IDisposable
    {
        private readonly ManualResetEventSlim _free = new(true);

        public ManualResetEventSlim Called { get; } = new();

        public IReadOnlyList<KeyValuePair<string, long>> Counters => [];

        public void Hold() => _free.Reset();

        public void Release() => _free.Set();

        public bool AddTo(AuditEventBuilder records, long time)
        {
            if (!_free.IsSet) Called.Set();
            _free.Wait();
            return true;
        }

        public void Dispose()
        {
            _free.Dispose();
            Called.Dispose();
        }
    }
}
