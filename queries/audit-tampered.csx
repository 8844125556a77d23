// Needs no audit rule for what the kernel and auditd say themselves; the rules are for the log's and the rules' files.
#load "lib/paths.csx"

bool IsDisabling(AuditEvent e) =>
    e.Type != RecordType.ConfigChange || e.Data("op") is "remove_rule" || e.Data("audit_enabled") is "0"
        || (e.Data("audit_failure") is "0" && e.Data("old") is not "0");

bool IsAuditFile(string path) =>
    path.StartsWith("/var/log/audit/", StringComparison.Ordinal) || path.StartsWith("/etc/audit/", StringComparison.Ordinal);

bool IsDaemon(AuditEvent e) => e.Process.Executable is "/usr/sbin/auditd" or "/sbin/auditd";

Query("audit-tampered", Severity.Critical, "The audit rules, the daemon or its log were changed")
    .Attack("T1562.012", "T1070.002")
    .Rules("-w /var/log/audit/ -p wa -k audit", "-w /etc/audit/ -p wa -k audit")
    .From(audit => Observable.Merge(
            audit.Records("CONFIG_CHANGE", "DAEMON_END", "DAEMON_ABORT").Where(e => IsDisabling(e)),
            audit.FileChanges.Where(e => Changed(e, IsAuditFile) is not null && !IsDaemon(e)))
        .Suppress("acts", e => e.Type, Minutes(1)))
    .Alert(s => s.Event.Type switch
    {
        RecordType.ConfigChange => $"{s.Host}: the audit configuration was changed: {s.Event.Data("op") ?? "set"} {s.Event.Data("key")}",
        RecordType.DaemonEnd or RecordType.DaemonAbort => $"{s.Host}: the audit daemon ended",
        _ => $"{s.Host}: {s.Event.Process.Executable} changed {Changed(s.Event, IsAuditFile)}",
    });
