using Streams.Testing;
using Xunit;

namespace Streams.Events.Tests.Decoding;

/// <summary>Who did it, where the kernel and a program both have something to say.</summary>
public class ActorTests
{
    private const string Enriched = "\u001D";
    private const string Gdm =
        "type=USER_LOGIN pid=2130 uid=0 auid=4294967295 ses=4294967295 subj=unconfined "
        + "msg='uid=1000 exe=\"/usr/libexec/gdm-session-worker\" hostname=? addr=? terminal=? res=failed'";
    private const string Su =
        "type=USER_AUTH pid=5 uid=1001 auid=4294967295 ses=4294967295 "
        + "msg='op=PAM:authentication grantors=? acct=\"root\" exe=\"/usr/bin/su\" hostname=? addr=? terminal=/dev/pts/1 res=failed'";
    private const string Faillock =
        "pid=9 uid=0 auid=4294967295 ses=4294967295 "
        + "msg='pam_faillock uid=1000 exe=\"/usr/sbin/sshd\" hostname=? addr=? terminal=? res=success'";
    private const string Systemd =
        "type=USER_AVC pid=1 uid=0 auid=4294967295 ses=4294967295 subj=system_u:system_r:init_t:s0 "
        + "msg='avc:  denied  { status } for auid=1000 uid=1000 gid=1000 path=\"/usr/lib/systemd/system/x.service\" cmdline=\"\" "
        + "scontext=a:b:c:s0 tcontext=a:b:d:s0 tclass=service exe=\"/usr/lib/systemd/systemd\" sauid=0 hostname=? addr=? terminal=?'";
    private const string Bus =
        "type=USER_AVC pid=812 uid=102 auid=4294967295 ses=4294967295 subj=unconfined "
        + "msg='apparmor=\"DENIED\" operation=\"dbus_method_call\"  bus=\"system\" mask=\"send\" name=\":1.1\" pid=5113 label=\"snap.x\" "
        + "peer_pid=1 peer_label=\"unconfined\" exe=\"/usr/bin/dbus-daemon\" sauid=102 hostname=? addr=? terminal=?'";

    /// <summary>A record, a field, and what it is.</summary>
    public static TheoryData<string, string, string?> Twice => new()
    {
        { Gdm, "user.effective.id", "1000" },
        { Gdm, "auditd.summary.actor.secondary", "1000" },
        { Gdm, "auditd.data.uid", "1000" },
        { Gdm, "user.audit.id", null },
        { Gdm.Replace("uid=1000", "id=1000", StringComparison.Ordinal), "user.effective.id", "1000" },
        { Gdm + Enriched + "UID=\"root\" AUID=\"unset\" UID=\"alice\"", "user.effective.name", "alice" },
        { Gdm + Enriched + "UID=\"root\" AUID=\"unset\" UID=\"alice\"", "auditd.summary.actor.secondary", "alice" },
        { Gdm + Enriched + "UID=\"root\" AUID=\"unset\"", "user.effective.name", null },
        { "type=ANOM_LOGIN_FAILURES " + Faillock, "auditd.summary.actor.secondary", "1000" },
        { "type=ANOM_LOGIN_FAILURES " + Faillock.Replace("pam_faillock", "pam_tally2", StringComparison.Ordinal),
            "auditd.data.uid", "1000" },
        { "type=RESP_ACCT_LOCK " + Faillock, "auditd.data.uid", "1000" },
        { "type=RESP_ACCT_LOCK " + Faillock, "auditd.summary.actor.secondary", "1000" },
        { "type=RESP_ACCT_LOCK " + Faillock, "user.id", "0" },
        { Systemd, "auditd.data.uid", "1000" },
        { Systemd, "auditd.data.auid", "1000" },
        { Systemd, "auditd.summary.actor.secondary", "1000" },
        { Systemd, "user.id", "0" },
        { Systemd, "user.audit.id", null },
        { Systemd, "user.group.id", "1000" },
        { Bus, "process.pid", "812" },
        { Bus, "auditd.data.pid", "5113" },
        { Bus, "auditd.data.peer_pid", "1" },
    };

    /// <summary>A record that names nobody who is logged in, a field, and what it is.</summary>
    public static TheoryData<string, string, string?> Tried => new()
    {
        { Su, "user.id", "1001" },
        { Su, "user.name", null },
        { Su + Enriched + "UID=\"alice\" AUID=\"unset\"", "user.name", "alice" },
        { Su + Enriched + "UID=\"alice\" AUID=\"unset\"", "related.user", "alice, root" },
        { Su, "user.effective.name", "root" },
        { Su, "auditd.summary.actor.primary", "unset" },
        { Su.Replace("uid=1001", "uid=0", StringComparison.Ordinal), "user.id", null },
        { Su.Replace("uid=1001", "uid=0", StringComparison.Ordinal), "user.name", null },
        { Su.Replace("auid=4294967295", "auid=1000", StringComparison.Ordinal), "user.id", "1000" },

        // Auditbeat has no user here, and so keeps the account under user.effective.
        { Su.Replace("\"root\"", "\"alice\"", StringComparison.Ordinal) + Enriched + "UID=\"alice\" AUID=\"unset\"",
            "user.effective.name", "alice" },
    };

    [Theory]
    [MemberData(nameof(Twice))]
    [Trait("Found", "D1")]
    public void What_a_program_says_stands_beside_what_the_kernel_says(string record, string field, string? expected) =>
        Check(record, field, expected);

    [Theory]
    [MemberData(nameof(Tried))]
    [Trait("Found", "D12")]
    public void Who_tried_is_known_where_nobody_is_logged_in(string record, string field, string? expected) =>
        Check(record, field, expected);

    [Fact]
    [Trait("Found", "D12")]
    public void The_user_of_an_event_is_who_tried()
    {
        AuditEvent made = Audit.Of(Su + Enriched + "UID=\"alice\" AUID=\"unset\"");
        Assert.Equal(("1001", "alice"), (made.User.Id, made.User.Name));
    }

    [Fact]
    [Trait("Found", "D1")]
    public void The_word_of_the_kernel_comes_first()
    {
        AuditEvent made = Audit.Of(Gdm);
        Assert.Equal(("0", 2130, null), (made.Data("uid"), made.Process.Pid, made.User.AuditId));
    }

    private static void Check(string record, string field, string? expected)
    {
        AuditEvent made = Audit.Of(record);
        Assert.True(
            expected == Documents.Read(made, field), $"{field} is {Documents.Read(made, field)}, not {expected}\n{Documents.Text(made)}");
        Assert.Equal(expected, Documents.Leaves(Documents.Json(made)).GetValueOrDefault(field));
    }
}
