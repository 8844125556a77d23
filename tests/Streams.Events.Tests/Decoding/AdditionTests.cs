using System.Text.Json.Nodes;
using Streams.Events.Tables;
using Streams.Testing;
using Xunit;

namespace Streams.Events.Tests.Decoding;

public class AdditionTests
{
    private const string Syscall =
        "type=SYSCALL arch=c000003e syscall=42 success=yes exit=0 a0=3 a1=7f a2=10 a3=0 items=0 ppid=10 pid=11 auid=1000 uid=1000 gid=100 "
        + "euid=0 suid=0 fsuid=1001 egid=100 sgid=100 fsgid=101 tty=pts0 ses=2 comm=\"curl\" exe=\"/usr/bin/curl\" key=\"net\"";

    private const string Addition =
        "type=STREAMS_PROCESS entity=AAAABBBBCCCCDDDD start=2026-01-02T03:04:05.670Z ppid=10 cwd=\"/srv\" container="
        + "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef parent=EEEEFFFF00001111 parent_start=2026-01-01T00:00:00.000Z "
        + "parent_exe=\"/usr/bin/bash\" parent_comm=62612073 parent_args=\"bash\",\"a,b\",6563686F2061 parent_argc=5 "
        + "ancestors=\"/usr/bin/bash\",2F6F7074206F,\"/usr/sbin/sshd\" group=11 group_entity=AAAABBBBCCCCDDDD session=9 "
        + "session_entity=9999 users=1000:\"alice\",1001:616C2069,100:\"wrong\" groups=100:\"users\",101:\"x\" targets_streams=1";

    [Theory]
    [InlineData("process.entity_id", "AAAABBBBCCCCDDDD")]
    [InlineData("process.start", "2026-01-02T03:04:05.670Z")]
    [InlineData("process.working_directory", "/srv")]
    [InlineData("process.parent.pid", "10")]
    [InlineData("process.parent.entity_id", "EEEEFFFF00001111")]
    [InlineData("process.parent.start", "2026-01-01T00:00:00.000Z")]
    [InlineData("process.parent.executable", "/usr/bin/bash")]
    [InlineData("process.parent.name", "ba s")]
    [InlineData("process.parent.args", "bash, a,b, echo a")]
    [InlineData("process.parent.args_count", "5")]
    [InlineData("process.group_leader.pid", "11")]
    [InlineData("process.group_leader.entity_id", "AAAABBBBCCCCDDDD")]
    [InlineData("process.session_leader.pid", "9")]
    [InlineData("process.session_leader.entity_id", "9999")]
    [InlineData("streams.process.ancestors", "/usr/bin/bash, /opt o, /usr/sbin/sshd")]
    [InlineData("streams.process.targets_streams", "true")]
    [InlineData("container.id", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("user.name", "alice")]
    [InlineData("user.audit.name", "alice")]
    [InlineData("user.group.name", "users")]
    [InlineData("user.effective.name", "root")]
    [InlineData("user.filesystem.name", "al i")]
    [InlineData("user.filesystem.group.name", "x")]
    [InlineData("auditd.summary.actor.primary", "alice")]
    [InlineData("auditd.summary.actor.secondary", "alice")]
    public void A_field_reads_what_the_collector_added(string field, string value)
    {
        AuditEvent made = Audit.Of(Syscall, Addition);

        Assert.Equal(value, Documents.Read(made, field));
        Assert.Equal(value, Documents.Leaves(Documents.Json(made))[field]);
    }

    [Fact]
    public void Members_of_a_query_read_it()
    {
        AuditEvent made = Audit.Of(Syscall, Addition);

        Assert.Equal("AAAABBBBCCCCDDDD", made.Process.EntityId);
        Assert.Equal(Audit.Time("2026-01-02T03:04:05.670Z"), made.Process.Start);
        Assert.Equal(["/usr/bin/bash", "/opt o", "/usr/sbin/sshd"], made.Process.Ancestors);
        Assert.Equal(10, made.Process.Parent.Pid);
        Assert.Equal("EEEEFFFF00001111", made.Process.Parent.EntityId);
        Assert.Equal("/usr/bin/bash", made.Process.Parent.Executable);
        Assert.Equal("ba s", made.Process.Parent.Name);
        Assert.Equal(["bash", "a,b", "echo a"], made.Process.Parent.Args);
        Assert.Equal(Audit.Time("2026-01-01T00:00:00Z"), made.Process.Parent.Start);
        Assert.StartsWith("0123456789abcdef", made.Container.Id);
        Assert.Equal("alice", made.User.Name);
    }

    [Fact]
    public void Without_it_nothing_is_known()
    {
        AuditEvent made = Audit.Of(Syscall);

        Assert.Null(made.Process.EntityId);
        Assert.Null(made.Process.Start);
        Assert.Empty(made.Process.Ancestors);
        Assert.Equal(10, made.Process.Parent.Pid);
        Assert.Null(made.Process.Parent.Executable);
        Assert.Null(made.Container.Id);
    }

    /// <summary>Names become known in places where Auditbeat puts them; everything else stays as it was.</summary>
    [Fact]
    public void It_only_adds_to_the_document_wherever_it_stands_among_the_records()
    {
        const string title = "type=PROCTITLE proctitle=6C73";
        JsonObject without = Documents.Json(Audit.Of(Syscall, title), original: true);
        string last = Documents.Text(Audit.Of(Syscall, title, Addition), original: true);
        SortedDictionary<string, string> with = Documents.Leaves(JsonNode.Parse(last)!);

        Assert.Equal(last, Documents.Text(Audit.Of(Syscall, Addition, title), original: true));
        Assert.Equal(last, Documents.Text(Audit.Of(Addition, Syscall, title), original: true));
        foreach ((string name, string value) in Documents.Leaves(without))
        {
            if (name.StartsWith("auditd.summary.actor.", StringComparison.Ordinal) || name == "related.user") continue;
            Assert.Equal((name, value), (name, with[name]));
        }
    }

    [Fact]
    public void What_the_records_say_wins()
    {
        AuditEvent made = Audit.Of(
            Syscall + "\u001dARCH=x86_64 AUID=\"bob\" UID=\"carol\"",
            "type=CWD cwd=\"/home\"",
            Addition + " exe=\"/other\" comm=\"other\"");

        Assert.Equal("/home", made.Process.WorkingDirectory);
        Assert.Equal("carol", made.User.Name);
        Assert.Equal("bob", Documents.Read(made, "user.audit.name"));
        Assert.Equal("users", Documents.Read(made, "user.group.name"));
        Assert.Equal("/usr/bin/curl", made.Process.Executable);
        Assert.Equal("curl", made.Process.Name);
    }

    [Fact]
    public void It_names_the_process_where_the_records_give_only_a_number()
    {
        AuditEvent made = Audit.Of(
            "type=LOGIN pid=11 uid=0 old-auid=4294967295 auid=1000 tty=(none) old-ses=4294967295 ses=2 res=1",
            Addition + " exe=\"/usr/sbin/sshd\" comm=\"sshd\"");

        Assert.Equal("/usr/sbin/sshd", made.Process.Executable);
        Assert.Equal("sshd", made.Process.Name);
        Assert.Equal(10, made.Process.ParentPid);
    }

    [Fact]
    public void The_owner_of_a_file_has_a_name()
    {
        const string open =
            "type=SYSCALL arch=c000003e syscall=257 success=yes exit=3 a0=ffffff9c a1=7f a2=0 a3=0 items=1 ppid=10 pid=11 uid=0 gid=0";
        AuditEvent made = Audit.Of(
            open, "type=PATH item=0 name=\"/x\" inode=1 dev=fe:00 mode=0100644 ouid=1003 ogid=101 rdev=00:00 nametype=NORMAL",
            Addition + " owners=1002:\"bob\",1003:\"carol\"");

        Assert.Equal("carol", Documents.Read(made, "file.owner"));
        Assert.Equal("x", Documents.Read(made, "file.group"));
    }

    [Fact]
    public void It_does_not_name_the_event_and_is_no_type_to_look_for()
    {
        AuditEvent made = Audit.Of(Addition, Syscall);

        Assert.Equal(RecordType.Syscall, made.Type);
        Assert.Equal(SyscallId.Connect, made.SyscallId);
        Assert.Equal(AuditEvent.BitOf(RecordType.Syscall), made.RecordTypeBits);
        Assert.DoesNotContain("STREAMS_PROCESS", Documents.Text(made, original: true));
    }

    [Theory]
    [InlineData("type=STREAMS_PROCESS ")]
    [InlineData("type=STREAMS_PROCESS entity=")]
    [InlineData("type=STREAMS_PROCESS =x entity ancestors=,,\"")]
    [InlineData("type=STREAMS_PROCESS users=1000:,1000 groups=: parent_argc=x group=-")]
    public void One_that_is_mutilated_adds_what_it_can(string addition)
    {
        AuditEvent made = Audit.Of(Syscall, addition);

        Assert.Null(made.Process.EntityId);
        Assert.Null(made.User.Name);
        Assert.Equal("/usr/bin/curl", Documents.Leaves(Documents.Json(made))["process.executable"]);
    }

    [Fact]
    public void Alone_it_is_an_event_of_its_own()
    {
        AuditEvent made = Audit.Of(Addition);

        Assert.Equal(RecordType.StreamsProcess, made.Type);
        Assert.Equal("AAAABBBBCCCCDDDD", Documents.Leaves(Documents.Json(made))["process.entity_id"]);
    }
}
