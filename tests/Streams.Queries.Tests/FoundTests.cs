using Streams.Engine;
using Streams.Events;
using Streams.Events.Input;
using Xunit;
using Records = Streams.Testing.Audit;

namespace Streams.Queries.Tests;

/// <summary>Acts that the shipped queries once missed or misread, over all queries: what each act starts, and nothing else.</summary>
public sealed class FoundTests
{
    private const string By = "ppid=310 pid=311 auid=1000 uid=0 gid=0 euid=0 tty=pts0 ses=3";
    private const string Service = "pid=900 uid=0 auid=4294967295 ses=4294967295";

    [Fact]
    [Trait("Found", "C6")]
    public void An_address_that_fails_at_sshd_without_PAM_is_brute_force()
    {
        const string Login = $"type=USER_LOGIN {Service} msg='op=login acct=\"root\" exe=\"/usr/sbin/sshd\" addr=203.0.113.5 res=failed'";
        Assert.Equal(
            ["brute-force 203.0.113.5"], Starts([.. Enumerable.Range(0, 60).Select(i => (i * 2.0, new[] { Login }))]));
    }

    [Theory]
    [InlineData("acct=\"root\"")]
    [InlineData("acct=\"?\"")]
    [InlineData("acct=28756E6B6E6F776E207573657229")]
    [InlineData("acct=\"(unknown)\"")]
    [Trait("Found", "C6")]
    public void Whatever_account_it_names(string account)
    {
        string error = $"type=USER_ERR {Service} msg='op=PAM:bad_ident {account} exe=\"/usr/sbin/sshd\" addr=203.0.113.5 res=failed'";
        Assert.Equal(
            ["brute-force 203.0.113.5"], Starts([.. Enumerable.Range(0, 12).Select(i => (i * 2.0, new[] { error }))]));
    }

    [Fact]
    [Trait("Found", "Q1")]
    public void A_reboot_is_not_tampering() => Assert.Empty(Starts(
        (0, [$"type=SYSTEM_SHUTDOWN {Service} msg=' exe=\"/usr/lib/systemd/systemd-update-utmp\" res=success'"]),
        (1, ["type=DAEMON_END op=terminate auid=4294967295 uid=0 ses=4294967295 pid=1 res=success"])));

    [Fact]
    [Trait("Found", "Q2")]
    public void A_log_without_heartbeats_has_no_silence()
    {
        const string Cron = $"type=USER_ACCT {Service} msg='op=PAM:accounting acct=\"root\" exe=\"/usr/sbin/cron\" addr=? res=success'";
        Assert.Empty(Starts((0, [Cron]), (3600, [Cron]), (7200, [Cron])));
    }

    [Fact]
    [Trait("Found", "Q3")]
    public void Modules_that_systemd_loads_at_boot_are_no_alerts() => Assert.Empty(Starts(
    [
        .. Enumerable.Range(0, 30).Select(i => (i * 0.1, new[]
        {
            $"type=SYSCALL arch=c000003e syscall=313 success=yes exit=0 a0=3 items=0 ppid=300 pid={301 + i} "
            + "auid=4294967295 uid=0 gid=0 euid=0 ses=4294967295 "
            + "comm=\"(udev-worker)\" exe=\"/usr/lib/systemd/systemd-udevd\" key=\"modules\"",
            $"type=KERN_MODULE name=\"module{i}\"",
        })),
    ]));

    [Fact]
    [Trait("Found", "Q4")]
    public void A_small_act_hides_no_large_one()
    {
        string[] Change(string op, string key, string title) =>
        [
            $"type=CONFIG_CHANGE auid=1000 ses=3 op={op} key={key} list=4 res=1",
            $"type=SYSCALL arch=c000003e syscall=44 success=yes exit=60 a0=3 items=0 {By} "
            + "comm=\"auditctl\" exe=\"/usr/sbin/auditctl\" key=(null)",
            $"type=PROCTITLE proctitle={Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(title.Replace(' ', '\0')))}",
        ];
        Alert[] alerts = Alerts(
            (0, Change("add_rule", "(null)", "auditctl -a never,exit")), (1, Change("\"remove rule\"", "\"exec\"", "auditctl -D")));
        Assert.Equal(["rules added", "rules removed"], alerts.Select(alert => alert.Key));
        Assert.Contains("all rules (auditctl -D), as root (logged in as 1000)", alerts[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Found", "Q5")]
    public void A_scanner_that_names_no_account_is_no_auth_failure() => Assert.Empty(Starts(
        (0, [$"type=USER_ERR {Service} msg='op=PAM:bad_ident grantors=? acct=\"?\" exe=\"/usr/sbin/sshd\" addr=203.0.113.5 res=failed'"])));

    [Theory]
    [InlineData("/etc/shadow", "T1098")]
    [InlineData("/etc/sudoers.d/x", "T1548.003")]
    [InlineData("/etc/cron.d/x", "T1053.003")]
    [InlineData("/etc/systemd/system/x.timer", "T1053.006")]
    [InlineData("/etc/systemd/system/x.service", "T1543.002")]
    [InlineData("/etc/pam.d/sshd", "T1556.003")]
    [InlineData("/etc/ld.so.preload", "T1574.006")]
    [InlineData("/root/.ssh/authorized_keys", "T1098.004")]
    [Trait("Found", "Q6")]
    public void A_sensitive_file_has_the_technique_of_that_file(string path, string technique)
    {
        Alert alert = Assert.Single(Alerts((0, Opened(path, "vi"))));
        Assert.Equal(("sensitive-file", technique), (alert.Query, Assert.Single(alert.Techniques)));
    }

    [Fact]
    [Trait("Found", "Q6")]
    public void An_update_names_the_newest_change()
    {
        IReadOnlyList<Alert> alerts = All((0, Opened("/etc/passwd", "useradd")), (1, Opened("/etc/passwd", "userdel")));
        Assert.Equal(
            [
                "Start localhost: /usr/bin/useradd changed /etc/passwd, as root",
                "Update localhost: /usr/bin/userdel changed /etc/passwd, as root",
            ],
            alerts.Select(alert => $"{alert.Status} {alert.Message}"));
    }

    [Theory]
    [InlineData("persistence")]
    [InlineData("setuid-file")]
    [InlineData("web-server-shell")]
    [InlineData("ptrace-other")]
    [InlineData("log-cleared")]
    [InlineData("security-anomaly")]
    [InlineData("brute-force")]
    [Trait("Found", "Q7")]
    public void An_act_that_had_no_query_has_one(string query)
    {
        IReadOnlyList<Event> acts = Shipped.Read([Path.Combine(Shipped.Folder("tests"), "Streams.Queries.Tests", "acts.log")]);
        IReadOnlyList<Alert> alerts = Shipped.Run([new Batch(acts.ToArray())], new EngineOptions());
        Assert.Contains(alerts, alert => alert.Query == query);
    }

    [Fact]
    [Trait("Found", "Q7")]
    public void The_new_queries_find_nothing_in_the_sample_log()
    {
        string[] added =
            ["persistence", "setuid-file", "web-server-shell", "ptrace-other", "log-cleared", "security-anomaly", "brute-force"];
        IReadOnlyList<Alert> alerts = Shipped.Run([new Batch(Shipped.Sample.ToArray())], new EngineOptions());
        Assert.DoesNotContain(alerts, alert => added.Contains(alert.Query));
    }

    [Fact]
    [Trait("Found", "Q8")]
    public void A_shell_of_busybox_nc_is_served_where_it_listened()
    {
        const string Nc = "ppid=1 pid=500 auid=1000 uid=0 gid=0 euid=0 tty=pts0 ses=3 comm=\"nc\" exe=\"/usr/bin/busybox\" key=\"net\"";
        Alert alert = Assert.Single(
            Alerts(
                (0, [$"type=SYSCALL arch=c000003e syscall=49 success=yes exit=0 a0=3 a1=7f a2=10 a3=0 items=0 {Nc}",
                    "type=SOCKADDR saddr=0200115C000000000000000000000000"]),
                (1, [$"type=SYSCALL arch=c000003e syscall=43 success=yes exit=4 a0=3 a1=0 a2=0 a3=0 items=0 {Nc}"]),
                (2, [$"type=SYSCALL arch=c000003e syscall=33 success=yes exit=0 a0=4 a1=0 a2=0 a3=0 items=0 {Nc}"]),
                (3, [$"type=SYSCALL arch=c000003e syscall=33 success=yes exit=1 a0=0 a1=1 a2=0 a3=0 items=0 {Nc}"]),
                (4, [
                    $"type=SYSCALL arch=c000003e syscall=59 success=yes exit=0 a0=0 a1=0 a2=0 a3=0 items=0 {Nc}".Replace("busybox", "dash"),
                    "type=EXECVE argc=1 a0=\"sh\""])),
            alert => alert.Query == "network-shell");
        Assert.Contains("serves an unknown client of 0.0.0.0:4444", alert.Message, StringComparison.Ordinal);
    }

    private static string[] Opened(string path, string program) =>
    [
        $"type=SYSCALL arch=c000003e syscall=257 success=yes exit=3 a0=ffffff9c a1=55 a2=241 a3=1b6 items=1 {By} "
        + $"comm=\"{program}\" exe=\"/usr/bin/{program}\" key=\"sensitive\"",
        "type=CWD cwd=\"/root\"",
        $"type=PATH item=0 name=\"{path}\" inode=1000 dev=fd:00 mode=0100644 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL",
    ];

    private static string[] Starts(params (double At, string[] Records)[] events) =>
        [.. Alerts(events).Select(alert => $"{alert.Query} {alert.Key}")];

    private static Alert[] Alerts(params (double At, string[] Records)[] events) =>
        [.. All(events).Where(alert => alert.Status == AlertStatus.Start)];

    private static IReadOnlyList<Alert> All(params (double At, string[] Records)[] events) => Shipped.Run(
        [new Batch(events.Select((e, i) => (Event)Records.Event("localhost", At(e.At), (ulong)i, e.Records)).ToArray())],
        new EngineOptions());

    private static DateTimeOffset At(double second) => new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero).AddSeconds(second);
}
