// What the kernel, auditd and our own collector report themselves needs no audit rule; the rules are for the log and for the rules' files.
// Each kind of act is an episode of its own, so that a small one hides no large one. It lasts ten minutes: what is still missing by then,
// and reported again by the collector, is the next alert. Not a shutdown: it ends the audit daemon as well.
#load "lib/paths.csx"
#load "lib/processes.csx"

Query("audit-tampered", Severity.Critical, "The audit rules, the daemon or its log were changed")
    .Attack("T1562.012", "T1070.002")
    .Rules("-w /var/log/ -p wa -k log", "-w /etc/ -p wa -k sensitive")
    .From((audit, files, host) => Observable.Merge<Event>(
            // The collector leaves out what it changes itself.
            audit.Records("CONFIG_CHANGE").Where(e => IsDisabling(e) || IsHiding(e))
                .Merge(audit.Records("DAEMON_END", "DAEMON_ABORT"))
                .LatestOrNone("shutdowns", audit.Records("SYSTEM_SHUTDOWN", "SYSTEM_RUNLEVEL").Where(IsShutdown),
                    act => act.Host, shutdown => shutdown.Host, Minutes(5))
                .Where(act => act.Known is null || act.Event.User.AuditId is not null)
                .Select(act => act.Event),
            audit.Records("DAEMON_CONFIG").Where(e => e.Data("state") is "changed"),
            host.Documents("audit-rule-missing", "audit-rule-foreign", "audit-setting-changed", "audit-owner-lost", "audit-repair-limited")
                .Where(d => !IsLock(d)),
            audit.FileChanges.Where(e => Changed(e, IsAuditFile) is not null && !IsDaemon(e.Process.Executable)),
            files.Changes.Where(f => IsRuleFile(f.Path) && !f.IsByPackageManager))
        .Suppress("acts", e => What(e), Minutes(10)))
    .Alert(s => $"{s.Host}: {Act(MostTelling(s.Event, s.Newest))}{(s.Count > 1 ? $"; {s.Count} reports so far" : "")}",
        attack: s => [s.Key.StartsWith("/var/log/audit", StringComparison.Ordinal) ? "T1070.002" : "T1562.012"]);

// The newest act; but a record says who did it, which a document about the same act does not.
Event MostTelling(Event first, Event newest) => first is AuditEvent && newest is Document ? first : newest;

// What systemd-update-utmp writes before systemd stops auditd, or init when it changes to halt (0) or reboot (6): by nobody who logged in.
bool IsShutdown(AuditEvent e) =>
    e.User.AuditId is null && (e.Type == RecordType.SystemShutdown || e.Data("new-level") is "0" or "6");

bool IsDisabling(AuditEvent e) =>
    IsRemoval(e)
    || (e.Data("audit_enabled") is "0" && e.Data("old") is not "0")
    || (e.Data("audit_failure") is "0" && e.Data("old") is not "0")
    || (e.Data("audit_rate_limit") is not (null or "0") && e.Data("audit_rate_limit") != e.Data("old"));

// "remove rule" until Linux 3.x: audit_log_rule_change of kernel/auditfilter.c.
bool IsRemoval(AuditEvent e) => e.Data("op") is "remove_rule" or "remove rule" or "remove";

// The record does not say whether the rule is one to record less. Those that are have no key, since they make no records, or are in
// list 5, exclude (linux/audit.h); what is loaded at the start of the machine belongs to no login.
bool IsHiding(AuditEvent e) =>
    e.Data("op") is "add_rule" or "add rule" or "add" && e.User.AuditId is not null && (e.Data("key") is null || e.Data("list") is "5");

// A rule that leaves something out is an episode of its own: harmless rules, added before, hide none.
bool IsHidingRule(string? rule) => rule is not null
    && (rule.Contains(" never,", StringComparison.Ordinal) || rule.Contains(",exclude", StringComparison.Ordinal));

// Locking takes nothing away; what is wrong by then is reported by itself.
bool IsLock(Document d) => d.Text("streams.audit.setting") is "enabled" && d.Text("streams.audit.found") is "2";

// Then the rule may be an old one, or may never have been loaded.
bool IsUnderLock(Document d) => d.Text("streams.audit.locked") is "yes";

// How many rules are still missing or still hidden by rules of others: reported again as long as it lasts.
bool IsSummary(Document d) => (d.Text("streams.audit.missing") ?? d.Text("streams.audit.hiding")) is not null;

bool IsAuditFile(string path) => path.StartsWith("/var/log/audit/", StringComparison.Ordinal) || IsRuleFile(path);

bool IsRuleFile(string path) => path.StartsWith("/etc/audit/", StringComparison.Ordinal);

bool IsDaemon(string? executable) => executable is "/usr/sbin/auditd" or "/sbin/auditd";

// The kind of an act. The kernel's record and the collector's document of one act are the same kind.
string What(Event e) => e switch
{
    AuditEvent { Type: RecordType.ConfigChange } change => Setting(change) ?? (IsRemoval(change) ? "rules removed" : "rules added"),
    AuditEvent { Type: RecordType.DaemonEnd or RecordType.DaemonAbort } => "daemon",
    AuditEvent { Type: RecordType.DaemonConfig } => "daemon configuration",
    AuditEvent change when Changed(change, IsRuleFile) is null => IsEmptying(change) ? "/var/log/audit emptied" : "/var/log/audit",
    Document { Action: "audit-setting-changed" } document => Plain(document.Text("streams.audit.setting")),
    Document { Action: "audit-owner-lost" } => "owner",
    Document { Action: "audit-repair-limited" } => "repairs",
    Document { Action: "audit-rule-foreign" } document when IsHidingRule(document.Text("streams.audit.rule")) =>
        $"hiding rule {document.Text("streams.audit.rule")}",
    Document { Action: "audit-rule-foreign" } => "rules added",
    Document => "rules removed",
    _ => "/etc/audit",
};

// Removed, renamed, or cut to nothing: O_TRUNC of open(2).
bool IsEmptying(AuditEvent change) =>
    change.Paths.Any(item => item.NameType is "DELETE") || change.Call.Truncates;

string? Setting(AuditEvent change) =>
    change.Data("audit_enabled") is not null ? "enabled"
    : change.Data("audit_failure") is not null ? "failure"
    : change.Data("audit_rate_limit") is not null ? "rate_limit"
    : null;

string Plain(string? setting) =>
    setting is null ? "setting"
    : setting.StartsWith("audit_", StringComparison.Ordinal) ? setting[6..]
    : setting;

string Act(Event e) => e switch
{
    AuditEvent { Type: RecordType.ConfigChange } change => By(change),
    AuditEvent { Type: RecordType.DaemonEnd or RecordType.DaemonAbort } end => $"the audit daemon ended{Sender(end)}",
    AuditEvent { Type: RecordType.DaemonConfig } change => $"the audit daemon was reconfigured{Sender(change)}",
    AuditEvent change => $"{change.Process.Executable} changed {Changed(change, IsAuditFile)}, as {Who(change)}",
    FileEvent change => $"{change.Path} was changed{(change.ProcessExecutable is { } program ? $" by {program}" : "")}",
    Document document when IsSummary(document) => document.Text("message") ?? "",
    Document { Action: "audit-rule-missing" } document when IsUnderLock(document) =>
        $"an audit rule is not loaded, and cannot be before the next boot: {document.Text("streams.audit.rule")}",
    Document { Action: "audit-rule-foreign" } document when IsUnderLock(document) =>
        $"an audit rule is loaded that is not configured, and stays until the next boot: {document.Text("streams.audit.rule")}",
    Document { Action: "audit-rule-missing" } document => $"an audit rule is not loaded any more: {document.Text("streams.audit.rule")}",
    Document { Action: "audit-rule-foreign" } document =>
        $"an audit rule was added that is not configured: {document.Text("streams.audit.rule")}",
    Document { Action: "audit-setting-changed" } document =>
        $"the audit setting {What(document)} is {document.Text("streams.audit.found")} "
        + $"instead of {document.Text("streams.audit.expected")}",
    Document { Action: "audit-repair-limited" } document => document.Text("message") ?? "",
    Document document => document.Text("streams.audit.owner.executable") is { } program
        ? $"{program} receives the audit records now" : "Streams no longer receives the audit records",
    _ => "",
};

string By(AuditEvent change) =>
    change.Process.Executable is { } program ? $"{program} changed the audit configuration: {ConfigurationOf(change)}, as {Who(change)}"
    : change.User.AuditId is not null ? $"{Who(change)} changed the audit configuration: {ConfigurationOf(change)}"
    : $"the audit configuration was changed: {ConfigurationOf(change)}";

// auditctl -D removes one rule after the other; only its title tells that it will be all of them.
string ConfigurationOf(AuditEvent change)
{
    if (Setting(change) is { } setting) return $"{setting} from {change.Data("old")} to {change.Data("audit_" + setting)}";
    string rule = change.Data("key") ?? change.Data("path") ?? change.Data("dir") ?? "without a key";
    bool isAll = IsRemoval(change) && change.Process.Title is { } title && $"{title} ".Contains(" -D ", StringComparison.Ordinal);
    return $"{change.Data("op")} {rule}{(isAll ? $", the first of all rules ({change.Process.Title})" : "")}";
}

// The process and the login that sent auditd the signal.
string Sender(AuditEvent signal) => signal.Data("pid") is not (null or "?") and var pid
    ? $", by a signal of process {pid}{(signal.User.AuditId is not null ? $" of {signal.User.AuditName ?? signal.User.AuditId}" : "")}"
    : "";
