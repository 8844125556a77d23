// Needs no audit rule for what the kernel and auditd say themselves; the rule is for the log's files.
#load "lib/paths.csx"

bool IsTampering(AuditEvent e) => e.Type switch
{
    RecordType.ConfigChange => e.Data("op") is "remove_rule" || e.Data("audit_enabled") is "0" || e.Data("audit_failure") is "0" && e.Data("old") is not "0",
    RecordType.DaemonEnd or RecordType.DaemonAbort => true,
    _ => e.Succeeded && e.Process.Executable is not "/usr/sbin/auditd" and not "/sbin/auditd" && Changes(e, IsAuditFile) is not null,
};

bool IsAuditFile(string path) =>
    path.StartsWith("/var/log/audit/", StringComparison.Ordinal) || path.StartsWith("/etc/audit/", StringComparison.Ordinal);

Query("audit-tampered", Severity.Critical, "The audit rules, the daemon or its log were changed")
    .Attack("T1562.012", "T1070.002")
    .Rules("-w /var/log/audit/ -p wa -k audit", "-w /etc/audit/ -p wa -k audit")
    .From(audit => audit
        .Where(e => IsTampering(e))
        .Suppress("acts", e => e.Type, Minutes(1)))
    .Alert(s => s.Event.Type switch
    {
        RecordType.ConfigChange => $"{s.Host}: the audit configuration was changed: {s.Event.Data("op") ?? "set"} {s.Event.Data("key")}",
        RecordType.DaemonEnd or RecordType.DaemonAbort => $"{s.Host}: the audit daemon ended",
        _ => $"{s.Host}: {s.Event.Process.Executable} changed {Changes(s.Event, IsAuditFile)}",
    });
