// Needs no audit rule: the kernel, its security modules and PAM write these records themselves. An account that pam_faillock locks,
// mandatory access control that is switched off, a denied trick with links, a device that listens to all traffic, and more refusals or
// crashes of one program than work explains. Not: policies that are loaded (each upgrade does that), unlocking, virtual devices of
// containers and machines, and single crashes and refusals, but for crashes of programs that guard a right.
#load "lib/processes.csx"
#load "lib/shells.csx"
#load "lib/packages.csx"

Query("security-anomaly", Severity.High, "The kernel, a security module or PAM reported an anomaly")
    .Attack("T1040", "T1068", "T1110", "T1190", "T1211", "T1562.001")
    .From(audit =>
    {
        var reports = audit.Records(AnomalyTypes).Where(IsAnomaly);
        var switches = audit.Records("MAC_STATUS", "USER_MAC_STATUS").Where(IsSwitchedOff);
        var profiles = audit.Records("AVC").Where(IsProfileRemoved);
        var refusals = audit.Records("AVC").Where(IsRefusal).Frequency("refusals", e => Subject(e), count: 20, within: Minutes(1));
        var crashes = audit.Records("ANOM_ABEND").Where(e => !IsGuard(e))
            .Frequency("crashes", e => Subject(e), count: 5, within: Minutes(5));
        return Observable.Merge<Episode<string>>(
            reports.Merge(switches).Merge(profiles).Suppress("reports", e => $"{e.Type} {Subject(e)}", Hours(1)),
            refusals,
            crashes);
    })
    .Alert(found => $"{found.Host}: {Message(found)}", attack: found => [Technique(found)],
        severity: found => Technique(found) is "T1562.001" or "T1068" or "T1110" ? Severity.High : Severity.Medium);

string[] AnomalyTypes =
[
    "ANOM_PROMISCUOUS", "ANOM_ABEND", "ANOM_LINK", "ANOM_CREAT", "ANOM_LOGIN_FAILURES", "ANOM_LOGIN_TIME", "ANOM_LOGIN_SESSIONS",
    "ANOM_LOGIN_ACCT", "ANOM_LOGIN_LOCATION", "ANOM_LOGIN_SERVICE", "ANOM_LOGIN_ROOT", "ANOM_ORIGIN_FAILURES", "ANOM_SESSION",
    "ANOM_MAX_DAC", "ANOM_MAX_MAC", "ANOM_AMTU_FAIL", "ANOM_RBAC_FAIL", "ANOM_RBAC_INTEGRITY_FAIL", "ANOM_CRYPTO_FAIL", "ANOM_ACCESS_FS",
    "ANOM_EXEC", "ANOM_MK_EXEC", "ANOM_ADD_ACCT", "ANOM_DEL_ACCT", "ANOM_MOD_ACCT", "ANOM_ROOT_TRANS",
    "RESP_ANOMALY", "RESP_ALERT", "RESP_KILL_PROC", "RESP_TERM_ACCESS", "RESP_ACCT_REMOTE", "RESP_ACCT_LOCK_TIMED", "RESP_ACCT_LOCK",
    "RESP_TERM_LOCK", "RESP_SEBOOL", "RESP_EXEC", "RESP_SINGLE", "RESP_HALT", "RESP_ORIGIN_BLOCK", "RESP_ORIGIN_BLOCK_TIMED",
];

bool IsAnomaly(AuditEvent e) => e.Type switch
{
    RecordType.AnomPromiscuous => e.Data("prom") is not (null or "0") && !IsVirtual(e.Data("dev") ?? ""),
    RecordType.AnomAbend => IsGuard(e),
    _ => true,
};

// Container engines, bridges and virtual machines put these into promiscuous mode when they start something.
bool IsVirtual(string device) => device.StartsWith("veth", StringComparison.Ordinal) || device.StartsWith("vnet", StringComparison.Ordinal)
    || device.StartsWith("tap", StringComparison.Ordinal) || device.StartsWith("cali", StringComparison.Ordinal)
    || device.StartsWith("lxc", StringComparison.Ordinal) || device.StartsWith("vif", StringComparison.Ordinal);

// Programs that give rights to who is allowed to have them: one crash may be an attempt.
bool IsGuard(AuditEvent e) => NameOf(e.Process.Executable ?? e.Process.Name!) is "sudo" or "su" or "pkexec" or "passwd" or "chsh" or "chfn"
    or "newgrp" or "gpasswd" or "mount" or "umount" or "fusermount" or "fusermount3" or "sshd" or "sshd-session" or "sshd-auth"
    or "polkit-agent-helper-1" or "dbus-daemon-launch-helper" or "snap-confine" or "crontab" or "at" or "unix_chkpwd" or "ssh-keysign";

bool IsSwitchedOff(AuditEvent e) =>
    (e.Data("enforcing") is "0" && e.Data("old_enforcing") is "1") || (e.Data("enabled") is "0" && e.Data("old-enabled") is "1");

// Of virtual machines and snaps the tools remove profiles with what they were for.
bool IsProfileRemoved(AuditEvent e) => e.Data("operation") is "profile_remove" && e.Data("name") is { } name
    && !name.StartsWith("libvirt-", StringComparison.Ordinal) && !name.StartsWith("snap", StringComparison.Ordinal)
    && !name.StartsWith("/snap/", StringComparison.Ordinal) && !IsOfPackageManager(e);

bool IsRefusal(AuditEvent e) => e.Data("seresult") is "denied" || e.Data("apparmor") is "DENIED";

string Subject(AuditEvent e) => e.Type switch
{
    RecordType.AnomPromiscuous => e.Data("dev") ?? "",
    RecordType.MacStatus or RecordType.UserMacStatus => e.Data("lsm") ?? "selinux",
    RecordType.Avc when e.Data("operation") is "profile_remove" => e.Data("name") ?? "",
    RecordType.Avc => e.Data("profile") ?? e.Data("scontext") ?? e.Process.Name ?? "",
    _ => e.Data("acct") ?? e.Data("suid") ?? e.Process.Executable ?? e.Process.Name ?? "",
};

AuditEvent Latest(Episode<string> found) =>
    found is Frequency<AuditEvent, string> many ? many.Event : ((Suppressed<AuditEvent, string>)found).Newest;

string Technique(Episode<string> found) => Latest(found).Type switch
{
    RecordType.AnomPromiscuous => "T1040",
    RecordType.AnomAbend => found is Frequency<AuditEvent, string> ? "T1190" : "T1068",
    RecordType.AnomLink or RecordType.AnomCreat => "T1068",
    RecordType.MacStatus or RecordType.UserMacStatus or RecordType.RespSebool => "T1562.001",
    RecordType.Avc => found is Frequency<AuditEvent, string> ? "T1211" : "T1562.001",
    _ => "T1110",
};

string Message(Episode<string> found)
{
    AuditEvent e = Latest(found);
    string program = e.Process.Executable ?? e.Process.Name ?? "a program";
    return (e.Type, found) switch
    {
        (RecordType.Avc, Frequency<AuditEvent, string>) => $"{program} was refused {found.Count} times as {found.Key}, last {Refused(e)}",
        (RecordType.AnomAbend, Frequency<AuditEvent, string>) => $"{program} crashed {found.Count} times, last by signal {e.Data("sig")}",
        (RecordType.AnomAbend, _) => $"{program}, which guards a right, crashed by signal {e.Data("sig")}, as {Who(e)}",
        (RecordType.AnomPromiscuous, _) => $"{found.Key[(found.Key.IndexOf(' ') + 1)..]} listens to all traffic, set by {Who(e)}",
        (RecordType.MacStatus or RecordType.UserMacStatus, _) => $"{Subject(e)} is no longer enforcing, set by {Who(e)}",
        (RecordType.Avc, _) => $"the AppArmor profile {Subject(e)} was removed by {program}",
        (RecordType.AnomLink or RecordType.AnomCreat, _) => $"the kernel refused {e.Data("op")} to {program}, as {Who(e)}",
        _ => $"{found.Key}{(e.Data("op") is { } op ? $" ({op})" : "")}{(e.Data("addr") is { } from ? $" from {from}" : "")}",
    };
}

string Refused(AuditEvent e) =>
    $"{e.Data("seperms") ?? e.Data("operation")} of {e.Data("path") ?? e.Data("name") ?? e.Data("tclass") ?? "an object"}";
