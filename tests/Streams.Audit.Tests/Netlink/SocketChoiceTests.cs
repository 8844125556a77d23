using Streams.Audit.Netlink;

namespace Streams.Audit.Tests.Netlink;

public sealed class SocketChoiceTests
{
    private const AuditSocketType Unicast = AuditSocketType.Unicast;
    private const AuditSocketType Multicast = AuditSocketType.Multicast;

    // What is configured; what is found (rules, a living owner, locked, an old kernel, refused); what comes out.
    [Theory]
    [InlineData(null, false, "", Multicast, "no rules")]
    [InlineData(null, false, "rules", Unicast, "rules are configured")]
    [InlineData(null, false, "old", Unicast, "kernel 3.16")]
    [InlineData(null, false, "rules owner", Multicast, "process 77 (/usr/sbin/auditd)")]
    [InlineData(null, false, "owner", Multicast, "no rules")]
    [InlineData(null, false, "rules owner old", null, "stop it")]
    [InlineData(null, false, "rules locked", Multicast, "locked")]
    [InlineData(null, false, "rules locked old", null, "immutable")]
    [InlineData(null, false, "locked", Multicast, "locked")]
    [InlineData(null, true, "rules locked", Unicast, "rules are configured; audit is locked until the next boot, so nothing is changed")]
    [InlineData(null, true, "locked", Unicast, "immutable is set; audit is locked until the next boot, so nothing is changed")]
    [InlineData(null, true, "locked owner", Multicast, "process 77 (/usr/sbin/auditd)")]
    [InlineData(null, true, "", Unicast, "immutable")]
    [InlineData(null, false, "rules refused", Multicast, "CAP_AUDIT_CONTROL")]
    [InlineData(null, false, "rules refused old", null, "CAP_AUDIT_CONTROL is missing; reading along needs kernel 3.16")]
    [InlineData(Unicast, false, "", Unicast, "socket_type")]
    [InlineData(Unicast, false, "owner", Multicast, "process 77")]
    [InlineData(Unicast, false, "locked", null, "immutable")]
    [InlineData(Unicast, true, "locked", Unicast, "socket_type asks for it; audit is locked until the next boot, so nothing is changed")]
    [InlineData(Multicast, false, "locked", Multicast, "locked")]
    [InlineData(Multicast, true, "locked", null, "exclude")]
    [InlineData(Unicast, false, "refused", null, "CAP_AUDIT_CONTROL")]
    [InlineData(Multicast, false, "rules", Multicast, "socket_type")]
    [InlineData(Multicast, false, "rules owner", Multicast, "socket_type")]
    [InlineData(Multicast, false, "old", null, "3.16")]
    [InlineData(Multicast, true, "", null, "exclude")]
    public void The_socket_is_chosen_by_what_is_configured_and_found(
        AuditSocketType? configured, bool immutable, string found, AuditSocketType? expected, string reason)
    {
        string[] words = found.Split(' ');
        bool isRefused = words.Contains("refused");
        SocketChoice choice = SocketChoice.Of(
            new AuditOptions { SocketType = configured, Immutable = immutable },
            new AuditSituation
            {
                Status = isRefused ? null : new AuditStatus { Enabled = words.Contains("locked") ? 2u : 1u },
                Refusal = isRefused ? "CAP_AUDIT_CONTROL is missing" : null,
                Owner = words.Contains("owner") ? new AuditOwner(77, "/usr/sbin/auditd") : null,
                HasRules = words.Contains("rules"),
                AlongRefusal = words.Contains("old") ? "reading along needs kernel 3.16" : null,
            });
        Assert.Equal(expected, choice.Type);
        Assert.Contains(reason, choice.Reason, StringComparison.Ordinal);
        bool isMisconfigured = choice.Reason.Contains("immutable", StringComparison.Ordinal);
        if (expected is null) Assert.Equal(isMisconfigured, choice.IsMisconfigured);
        Assert.Equal(reason.StartsWith("process", StringComparison.Ordinal), choice.WaitsForOwner);
    }
}
