using System.Text;
using System.Text.Json;
using Streams.Events;
using Streams.Host.Output;
using Xunit;
using Records = Streams.Testing.Audit;

namespace Streams.Host.Tests.Output;

public class EvidenceLineTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(
        """{"event":{"action":["updated"]},"file":{"path":"/etc/passwd"}}""",
        "12:00:00.000  updated  /etc/passwd")]
    [InlineData(
        """{"event":{"action":["updated","attributes_modified"]},"file":"""
        + """{"path":"/etc/passwd","mode":"0666","owner":"root","size":1871,"hash":{"sha256":"8c0d5e6f7a8b9c0d1e2f"}},"process":"""
        + """{"executable":"/usr/bin/vi","pid":812},"user":{"name":"root"},"streams":"""
        + """{"file":{"before":{"mode":"0644","owner":"root","size":1820,"hash":{"sha256":"1f3a5c7e9b2d4f6a8c0e"}}}}}""",
        "12:00:00.000  updated, attributes_modified  /etc/passwd  by root  /usr/bin/vi [812]  "
        + "sha256 1f3a5c7e9b2d → 8c0d5e6f7a8b  mode 0644 → 0666  size 1,820 → 1,871")]
    [InlineData(
        """{"event":{"action":["moved"]},"file":{"path":"/tmp/x","origin_path":"/etc/shadow","hash":{"sha256":"8c0d"}}}""",
        "12:00:00.000  moved  /etc/shadow → /tmp/x  sha256 8c0d")]
    [InlineData(
        """{"event":{"action":["created"]},"file":{"path":"/etc/pam.d/x"},"process":"""
        + """{"executable":"/usr/bin/dpkg","pid":9},"streams":{"file":{"package_manager":true}}}""",
        "12:00:00.000  created  /etc/pam.d/x  /usr/bin/dpkg [9]  (package manager)")]
    public void A_change_of_a_file_says_what_and_who_and_what_is_different(string json, string line) =>
        Assert.Equal(line, Render(new FileEvent("web-1", "files", Noon, 1, Encoding.UTF8.GetBytes(json))));

    [Theory]
    [Trait("Found", "F1")]
    [InlineData("""uid":"0","owner":"root""", """uid":"0""", "")]
    [InlineData("""uid":"0""", """uid":"0","owner":"root""", "")]
    [InlineData("""uid":"7","owner":"old""", """uid":"7","owner":"new""", "")]
    [InlineData("""uid":"7","owner":"lp""", """uid":"0","owner":"root""", "  owner lp → root")]
    [InlineData("""uid":"7""", """uid":"0","owner":"root""", "  owner 7 → 0")]
    [InlineData("""gid":"42","group":"shadow""", """gid":"0""", "  group 42 → 0")]
    [InlineData("""inode":"17""", """inode":"18""", "  inode 17 → 18")]
    [InlineData("""mtime":"2026-01-31T11:00:00.000Z""", """mtime":"2026-01-31T11:30:00.000Z""",
        "  mtime 2026-01-31T11:00:00.000Z → 2026-01-31T11:30:00.000Z")]
    [InlineData("""mode":"0755""", """mode":"0755","setuid":true,"x":"y""", "  mode 0755 → 4755")]
    [InlineData("""mode":"0777","sticky":true,"x":"y""", """mode":"0777""", "  mode 1777 → 0777")]
    [InlineData("""type":"file""", """type":"symlink""", "  type file → symlink")]
    public void Only_what_differs_is_shown_of_a_file_with_one_content(string before, string after, string shown) => Assert.Equal(
        $"12:00:00.000  attributes_modified  /etc/x{shown}",
        Render(Change($$"""
            {"event":{"action":["attributes_modified"]},"file":{"path":"/etc/x","{{after}}"},
             "streams":{"file":{"before":{"{{before}}"} } } }
            """)));

    [Theory]
    [Trait("Found", "F1")]
    [InlineData("selinux", "selinux u:r:etc_t → bin_t")]
    [InlineData("posix_acl_access", "posix_acl_access none → user:1:rwx")]
    [InlineData("hash.md5", "md5 aaaa → bbbb")]
    [InlineData("attributes.security.capability", "attribute security.capability added")]
    [InlineData("attributes.user.gone", "attribute user.gone removed")]
    [InlineData("attributes.user.both", "attribute user.both changed")]
    public void What_the_list_of_changes_names_is_shown(string changed, string shown) => Assert.EndsWith(
        $"/etc/x  {shown}",
        Render(Change($$$$$"""
            {"event":{"action":["attributes_modified"]},
             "file":{"path":"/etc/x","selinux":"bin_t","posix_acl_access":["user:1:rwx"],"hash":{"md5":"bbbb"}},
             "streams":{"file":{"changed":["{{{{{changed}}}}}"],"attributes":["security.capability","user.both"],
               "before":{"selinux":{"user":"u","role":"r","domain":"etc_t"},"hash":{"md5":"aaaa"},"attributes":["user.gone","user.both"]}}}}
            """)),
        StringComparison.Ordinal);

    private static FileEvent Change(string json) => new("web-1", "files", Noon, 1, Encoding.UTF8.GetBytes(json));

    [Theory]
    [InlineData(1200, 3, "12:00:00.000  lost 1,200 records  the queue was full  after 11:59:57.000  (audit)")]
    [InlineData(0, 0, "12:00:00.000  lost records  the queue was full  (audit)")]
    public void A_gap_says_how_many_records_are_lost_and_why(long records, int seconds, string line) =>
        Assert.Equal(line, Render(new Gap("web-1", "audit", Noon.AddSeconds(-seconds), Noon, 1, records, "the queue was full")));

    [Fact]
    public void What_a_collector_tells_is_its_message() => Assert.Equal(
        "12:00:00.000  audit-setting-changed  rate_limit is 100, not 0",
        Render(new Document(
            "web-1",
            "audit",
            Noon,
            1,
            """{"event":{"action":"audit-setting-changed"},"message":"rate_limit is 100, not 0"}"""u8.ToArray())));

    [Fact]
    public void A_process_that_was_there_is_named() => Assert.Equal(
        "12:00:00.000  was running before  by root  /usr/sbin/cron [812]",
        Render(new ProcessSnapshot(
            "web-1",
            "audit",
            Noon,
            1,
            """{"process":{"pid":812,"executable":"/usr/sbin/cron"},"user":{"name":"root"}}"""u8.ToArray())));

    // The same process: what it was started as, the title that the kernel kept from the shell before it, what it is.
    [Theory]
    [InlineData("perl -e 1", "perl", "/usr/bin/perl",
        "perl -e 1 [812]")]
    [InlineData("bash deploy.sh", "perl", "/usr/bin/perl",
        "/usr/bin/perl [812]")]
    [InlineData("-bash", "bash", "/usr/bin/bash",
        "-bash [812]")]
    [InlineData("sh -c true", "sh", "/usr/bin/dash",
        "sh -c true [812]")]
    [InlineData("/usr/bin/python3 /usr/bin/unattended-upgrade", "unattended-upgr", "/usr/bin/python3.13",
        "/usr/bin/python3 /usr/bin/unattended-upgrade [812]")]
    [InlineData("java -jar app.jar", "C2 CompilerThre", "/usr/lib/jvm/bin/java",
        "java -jar app.jar [812]")]
    [InlineData("nginx: master process /usr/sbin/nginx", "nginx", "/usr/sbin/nginx",
        "nginx: master process /usr/sbin/nginx [812]")]
    public void A_title_of_the_program_before_is_not_shown(string title, string comm, string exe, string expected) => Assert.EndsWith(
        $"  {expected}",
        Render(Records.Of(
            $"type=SYSCALL arch=c000003e syscall=50 success=yes exit=0 items=0 ppid=1 pid=812 auid=0 uid=0 comm=\"{comm}\" exe=\"{exe}\"",
            $"type=PROCTITLE proctitle={Convert.ToHexString(Encoding.UTF8.GetBytes(title.Replace(' ', '\0')))}")),
        StringComparison.Ordinal);

    [Fact]
    public void An_execution_is_shown_with_its_arguments_and_a_long_line_gives_up_the_middle()
    {
        AuditEvent executed = Records.Of(
            "type=SYSCALL arch=c000003e syscall=59 success=yes exit=0 items=1 ppid=1 pid=812 auid=0 uid=0 "
            + "comm=\"nc\" exe=\"/usr/bin/nc.traditional\"",
            "type=EXECVE argc=4 a0=\"nc\" a1=\"203.0.113.66\" a2=\"8443\" a3=\"a-file-with-a-name-that-is-longer-than-the-line\"",
            "type=PATH item=0 name=\"/bin/nc\" inode=1 dev=08:01 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL",
            "type=PROCTITLE proctitle=2D62617368");
        Assert.EndsWith(
            "  nc 203.0.113.66 8443 a-file-with-a-name-that-is-longer-than-the-line [812]  /bin/nc",
            Render(executed),
            StringComparison.Ordinal);
        string narrow = EvidenceLine.Render(executed, showHost: false, width: 80);
        Assert.Equal(80, narrow.Length);
        Assert.EndsWith("…  /bin/nc", narrow, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_that_a_file_or_a_message_is_called_acts_on_the_terminal()
    {
        const string Hostile = "\u001b]0;owned\u0007\u202e\r\n\u009b2J";
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
        {
            ["message"] = Hostile,
            ["event.action"] = Hostile,
            ["file.path"] = Hostile,
            ["file.origin_path"] = Hostile,
            ["file.mode"] = Hostile,
            ["streams.file.before.mode"] = "0644",
            ["user.name"] = Hostile,
            ["process.executable"] = Hostile,
        });
        Event[] hostile =
        [
            new FileEvent("web-1", "files", Noon, 1, json),
            new Document("web-1", "audit", Noon, 1, json),
            new ProcessSnapshot("web-1", "audit", Noon, 1, json),
            new Gap("web-1", Hostile, Noon, Noon, 1, 1, Hostile),
        ];
        Assert.All(hostile, e => Assert.DoesNotContain(Render(e), letter => char.IsControl(letter) || letter == '\u202e'));
    }

    private static string Render(Event shown) => EvidenceLine.Render(shown, showHost: false, width: 400);

    [Fact]
    [Trait("Found", "P6")]
    public void At_80_columns_address_pid_and_actor_are_kept_on_lines_of_their_own()
    {
        AuditEvent connect = Records.Connect(
            "web-1", "2026-01-31T12:00:00.000Z", 7, "/usr/local/lib/" + new string('x', 90), "203.0.113.9", 443);
        string[] lines = [.. EvidenceLine.Lines(connect, showHost: true, 75, [])];
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 75));
        Assert.StartsWith("12:00:00.000  web-1  ", lines[0], StringComparison.Ordinal);
        Assert.All(lines.Skip(1), line => Assert.StartsWith("              ", line, StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("203.0.113.9:443", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.TrimEnd().EndsWith(']'));
    }

    [Fact]
    [Trait("Found", "P6")]
    public void What_fits_stays_on_one_line()
    {
        AuditEvent connect = Records.Connect("web-1", "2026-01-31T12:00:00.000Z", 7, "/usr/bin/curl", "203.0.113.9", 443);
        Assert.Equal(Render(connect), Assert.Single(EvidenceLine.Lines(connect, showHost: false, 300, [])));
    }
}
