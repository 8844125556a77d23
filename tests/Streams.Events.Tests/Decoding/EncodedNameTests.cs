using Streams.Testing;
using Xunit;

namespace Streams.Events.Tests.Decoding;

/// <summary>Names that a daemon or a security module encodes, and labels with a mode.</summary>
public class EncodedNameTests
{
    private const string Call =
        "type=SYSCALL arch=c000003e syscall=62 success=yes exit=0 a0=1 a1=9 a2=0 a3=0 items=0 ppid=1 pid=2 auid=1000 uid=1000 gid=1000 "
        + "euid=1000 suid=1000 fsuid=1000 egid=1000 sgid=1000 fsgid=1000 tty=pts0 ses=3 comm=\"a\" exe=\"/bin/a\"";
    private const string Names =
        Call + " key=(null)\u001DARCH=x86_64 SYSCALL=kill AUID=616C69636520736D697468 UID=616C69636520736D697468 "
        + "GID=646F6D61696E207573657273 EUID=616C69636520736D697468 SUID=\"bob\"";
    private const string Login =
        "type=LOGIN pid=1298 uid=0 old-auid=4294967295 auid=1000 tty=(none) old-ses=4294967295 ses=1 res=1 "
        + "UID=\"root\" OLD-AUID=\"unset\" AUID=\"alice\"";
    private const string AppArmor =
        "type=AVC apparmor=\"DENIED\" operation=\"mount\" class=\"mount\" namespace=6E206D profile=666F6F20626172 name=2F6D20 pid=5 "
        + "comm=\"a\" target=2F61206220 srcname=2F64652076 peer=\"x\" label=612062";

    /// <summary>Records, a field, and what it is.</summary>
    public static TheoryData<string, string, string, string?> Fields => new()
    {
        { "D2", Names, "user.audit.name", "alice smith" },
        { "D2", Names, "user.name", "alice smith" },
        { "D2", Names, "user.group.name", "domain users" },
        { "D2", Names, "auditd.summary.actor.primary", "alice smith" },
        { "D2", Names, "user.saved.name", "bob" },
        { "D2", "type=ADD_USER pid=5 uid=0 auid=1000 ses=1 msg='op=adding user id=1001 res=success'\u001DUID=\"root\" AUID=\"a\" ID=622063",
            "user.target.name", "b c" },
        { "D9", "type=PROCTITLE proctitle=\"(null)\"", "process.title", null },
        { "D9", "type=PROCTITLE proctitle=(null)", "process.title", null },
        { "D9", "type=PROCTITLE proctitle=286E756C6C29", "process.title", "(null)" },
        { "D9", Login, "user.OLD-AUID.id", null },
        { "D9", Login, "auditd.data.OLD-AUID", null },
        { "D9", Login, "user.effective.name", "alice" },
        { "D9", AppArmor, "auditd.data.profile", "foo bar" },
        { "D9", AppArmor, "auditd.data.namespace", "n m" },
        { "D9", AppArmor, "auditd.data.target", "/a b " },
        { "D9", AppArmor, "auditd.data.srcname", "/de v" },
        { "D9", AppArmor, "auditd.data.label", "a b" },
        { "D9", AppArmor, "auditd.data.peer", "x" },
        { "D9", Call + " subj==/usr/sbin/ntpd (enforce) key=\"k\"", "user.selinux.user", "=/usr/sbin/ntpd (enforce)" },
        { "D9", Call + " subj==/usr/sbin/ntpd (enforce) key=\"k\"", "tags", "k" },
        { "D9", Call + " subj==/usr/sbin/ntpd (enforce)", "user.selinux.user", "=/usr/sbin/ntpd (enforce)" },
        { "D9", Call + " subj=unconfined key=\"k\"", "user.selinux.user", "unconfined" },
        { "D9", Call + " subj=a:b:c:s0 (x key=\"k\"", "user.selinux.level", "s0" },
        { "D9", Call + " subj=a:b:c:s0 key=\"k\"", "user.selinux.domain", "c" },
    };

    [Theory]
    [MemberData(nameof(Fields))]
    [Trait("Found", "D2")]
    [Trait("Found", "D9")]
    public void Names_are_decoded_and_labels_whole(string row, string record, string field, string? expected)
    {
        AuditEvent made = Audit.Of(record);
        Assert.True(
            expected == Documents.Read(made, field),
            $"{row}: {field} is {Documents.Read(made, field)}, not {expected}\n{Documents.Text(made)}");
        Assert.Equal(expected, Documents.Leaves(Documents.Json(made)).GetValueOrDefault(field));
    }
}
