// Needs no audit rule for what the kernel, auditd and our own collector say themselves; the rules are for the log's and the rules' files.
#load "lib/paths.csx"

Query("audit-tampered", Severity.Critical, "The audit rules, the daemon or its log were changed")
    .Attack("T1562.012", "T1070.002")
    .Rules("-w /var/log/audit/ -p wa -k audit", "-w /etc/audit/ -p wa -k audit")
    .From((audit, files, host) => Observable.Merge<Event>(
            audit.Records("CONFIG_CHANGE").Where(e => IsDisabling(e) || IsHiding(e)),   // the collector leaves out what it changes itself
            audit.Records("DAEMON_END", "DAEMON_ABORT"),
            audit.Records("DAEMON_CONFIG").Where(e => e.Data("state") is "changed"),
            host.Documents("audit-rule-missing", "audit-rule-foreign", "audit-setting-changed", "audit-owner-lost", "audit-repair-limited")
                .Where(d => !IsLock(d)),
            audit.FileChanges.Where(e => Changed(e, IsAuditFile) is not null && !IsDaemon(e.Process.Executable)),
            files.Changes.Where(f => IsRuleFile(f.Path) && !f.IsByPackageManager))
        .Suppress("acts", e => What(e), Minutes(10)))
    .Alert(s => $"{s.Host}: {Act(s.Event)}");

bool IsDisabling(AuditEvent e) =>
    e.Data("op") is "remove_rule"
    || (e.Data("audit_enabled") is "0" && e.Data("old") is not "0")
    || (e.Data("audit_failure") is "0" && e.Data("old") is not "0")
    || (e.Data("audit_rate_limit") is not (null or "0") && e.Data("audit_rate_limit") != e.Data("old"));

// The record does not say whether the rule is one to record less. Those that are have no key, since they make no records, or are in
// list 5, exclude (linux/audit.h); what is loaded at the start of the machine belongs to no login.
bool IsHiding(AuditEvent e) =>
    e.Data("op") is "add_rule" && e.User.AuditId is not null && (e.Data("key") is null || e.Data("list") is "5");

// Locking takes nothing away; what is wrong by then is told by itself.
bool IsLock(Document d) => d.Text("streams.audit.setting") is "enabled" && d.Text("streams.audit.found") is "2";

// Then the rule may be an old one, or may never have been loaded.
bool IsUnderLock(Document d) => d.Text("streams.audit.locked") is "yes";

bool IsAuditFile(string path) => path.StartsWith("/var/log/audit/", StringComparison.Ordinal) || IsRuleFile(path);

bool IsRuleFile(string path) => path.StartsWith("/etc/audit/", StringComparison.Ordinal);

bool IsDaemon(string? executable) => executable is "/usr/sbin/auditd" or "/sbin/auditd";

// The kernel's record and the collector's document of one act say the same here.
string What(Event e) => e switch
{
    AuditEvent { Type: RecordType.ConfigChange } change => Setting(change) ?? "rules",
    AuditEvent { Type: RecordType.DaemonEnd or RecordType.DaemonAbort or RecordType.DaemonConfig } => "daemon",
    AuditEvent change => Folder(Changed(change, IsAuditFile)),
    FileEvent change => Folder(change.Path),
    Document { Action: "audit-setting-changed" } document => Plain(document.Text("streams.audit.setting")),
    Document { Action: "audit-owner-lost" } => "owner",
    Document { Action: "audit-repair-limited" } => "repairs",
    _ => "rules",
};

string? Setting(AuditEvent change) =>
    change.Data("audit_enabled") is not null ? "enabled"
    : change.Data("audit_failure") is not null ? "failure"
    : change.Data("audit_rate_limit") is not null ? "rate_limit"
    : null;

string Plain(string? setting) =>
    setting is null ? "setting"
    : setting.StartsWith("audit_", StringComparison.Ordinal) ? setting[6..]
    : setting;

string Folder(string? path) => path is not null && IsRuleFile(path) ? "/etc/audit" : "/var/log/audit";

string Act(Event e) => e switch
{
    AuditEvent { Type: RecordType.ConfigChange } change => $"{By(change)}{Change(change)}",
    AuditEvent { Type: RecordType.DaemonEnd or RecordType.DaemonAbort } => "the audit daemon ended",
    AuditEvent { Type: RecordType.DaemonConfig } => "the audit daemon has got another configuration",
    AuditEvent change => $"{change.Process.Executable} changed {Changed(change, IsAuditFile)}",
    FileEvent change => $"{change.Path} was changed{(change.ProcessExecutable is { } program ? $" by {program}" : "")}",
    Document { Action: "audit-rule-missing" } document when IsUnderLock(document) =>
        $"an audit rule is not loaded, and cannot be before the next boot: {document.Text("streams.audit.rule")}",
    Document { Action: "audit-rule-foreign" } document when IsUnderLock(document) =>
        $"an audit rule is loaded that is not configured, and stays until the next boot: {document.Text("streams.audit.rule")}",
    Document { Action: "audit-rule-missing" } document => $"an audit rule is not loaded any more: {document.Text("streams.audit.rule")}",
    Document { Action: "audit-rule-foreign" } document => $"somebody added an audit rule: {document.Text("streams.audit.rule")}",
    Document { Action: "audit-setting-changed" } document =>
        $"the audit setting {What(document)} is {document.Text("streams.audit.found")} "
        + $"instead of {document.Text("streams.audit.expected")}",
    Document { Action: "audit-repair-limited" } document => document.Text("message") ?? "",
    Document document => document.Text("streams.audit.owner.executable") is { } program
        ? $"{program} gets audit's records now" : "our collector gets audit's records no more",
    _ => "",
};

string By(AuditEvent change) => change.Process.Executable is { } program
    ? $"{program} changed the audit configuration: "
    : "the audit configuration was changed: ";

string Change(AuditEvent change) => Setting(change) is { } setting
    ? $"{setting} from {change.Data("old")} to {change.Data("audit_" + setting)}"
    : $"{change.Data("op")} {change.Data("key") ?? "without a key"}";
