// What was logged is taken away: files in /var/log emptied, removed, renamed or linked elsewhere, the journal vacuumed, the records of
// logins opened to write by a program that does not write them, the history of a shell removed. The audit log is audit-tampered's.
//
// Left out: logrotate and what it starts, journald, syslog daemons, package managers, and for other logs than the system's own whatever
// no login session does: services rotate and clean their logs themselves.
#load "lib/paths.csx"
#load "lib/processes.csx"
#load "lib/shells.csx"

Query("log-cleared", Severity.High, "A log or the history of a shell was emptied, removed or replaced")
    .Attack("T1070.002", "T1070.003")
    .Rules("-w /var/log/ -p wa -k log", "-w /home/ -p wa -k home", "-w /root/.bash_history -p wa -k log",
           "-w /root/.zsh_history -p wa -k log",
           "-a always,exit -F arch=b64 -S execve,execveat -k exec", "-a always,exit -F arch=b32 -S execve,execveat -k exec")
    .From(audit => audit.FileChanges.Where(e => Cleared(e) is not null && !IsOfPackageManager(e))
        .Merge(audit.Executions.Where(IsVacuum))
        .Suppress("logs", e => Subject(e), Minutes(10)))
    .Alert(s => $"{s.Host}: {s.Newest.Process.Executable} {Act(s.Newest)}, as {Who(s.Newest)}{StartedBy(s.Newest)}",
        attack: s => [IsHistory(Subject(s.Event)) ? "T1070.003" : "T1070.002"],
        severity: s => IsHistory(Subject(s.Event)) ? Severity.Medium : Severity.High);

string Subject(AuditEvent e) => Cleared(e) ?? "the journal";

string Act(AuditEvent e) => Cleared(e) is { } path
    ? $"{(e.Call.Truncates ? "emptied" : IsLoginLog(path) && e.Call.Opens ? "opened to write" : "removed or replaced")} {path}"
    : $"removed parts of the journal ({e.Process.CommandLine})";

bool IsVacuum(AuditEvent e) => NameOf(e.Process.Executable!) is "journalctl"
    && e.Process.Args.Any(argument => argument.StartsWith("--vacuum", StringComparison.Ordinal));

// The log or the history that the call took something from; null where it is ordinary.
string? Cleared(AuditEvent e)
{
    bool truncates = e.Call.Truncates;
    foreach (PathItem item in e.Paths)
    {
        if (item.Path is not { } path || item.NameType is "PARENT" or "UNKNOWN") continue;
        bool isTaken = item.NameType is "DELETE" || (truncates && item.NameType is not "CREATE") || IsLinkToNothing(e, item);
        if (IsHistory(path))
        {
            if (isTaken && !IsOfShell(e, truncates)) return path;
        }
        else if (path.StartsWith("/var/log/", StringComparison.Ordinal) && !path.StartsWith("/var/log/audit/", StringComparison.Ordinal))
        {
            bool isChanged = IsLoginLog(path)
                ? (isTaken || e.Call.OpensToWrite) && !IsLoginProgram(e.Process.Executable)
                : isTaken && !IsScratch(path) && (IsSystemLog(path) || e.User.AuditId is not null);
            if (isChanged && !IsRotation(e)) return path;
        }
    }

    return null;
}

// ln -s /dev/null: the text of the link is one of the paths.
bool IsLinkToNothing(AuditEvent e, PathItem item) =>
    item.NameType is "CREATE" && e.Paths.Any(other => other.NameType is "UNKNOWN" && other.Path is "/dev/null");

bool IsHistory(string path) => (path.EndsWith("history", StringComparison.Ordinal) || path.EndsWith("/.histfile", StringComparison.Ordinal))
    && path[(path.LastIndexOf('/') + 1)..] is ".bash_history" or ".zsh_history" or ".zhistory" or ".histfile"
    or ".sh_history" or ".ash_history" or ".ksh_history" or ".mksh_history" or "fish_history" or ".history";

// A shell replaces its own history at its end, and opens it with 0600 (histfile.c of readline, zsh's hist.c); a redirect has 0666.
bool IsOfShell(AuditEvent e, bool truncates) => IsShellName(NameOf(e.Process.Executable!))
    && !(truncates && (e.Data("syscall") is "openat" ? e.Call.Argument(3) : e.Call.Argument(2)) is 438);

bool IsShellName(string name) => name is "bash" or "zsh" or "ksh" or "ksh93" or "mksh" or "fish" or "ash" or "busybox" or "sh" or "dash";

// Who logged in: utmp(5), lastlog(8), faillog(5).
bool IsLoginLog(string path) =>
    path is "/var/log/wtmp" or "/var/log/btmp" or "/var/log/lastlog" or "/var/log/faillog" or "/var/log/tallylog";

bool IsLoginProgram(string? program) => NameOf(program!) is "login" or "sshd" or "sshd-session" or "sshd-auth" or "su" or "sudo" or "agetty"
    or "getty" or "mingetty" or "init" or "systemd-update-utmp" or "systemd-logind" or "systemd" or "utempter" or "gdm-session-worker"
    or "lightdm" or "sddm-helper" or "xdm" or "cron" or "crond" or "vsftpd" or "proftpd" or "in.telnetd" or "dropbear" or "faillog"
    or "lastlog" or "pam_tally2" or "useradd" or "usermod" or "userdel" or "cockpit-session" or "xrdp-sesman" or "mosh-server" or "runlevel"
    or "shutdown" or "systemd-tmpfiles";

bool IsSystemLog(string path) => path is "/var/log/auth.log" or "/var/log/secure" or "/var/log/syslog" or "/var/log/messages"
        or "/var/log/kern.log" or "/var/log/daemon.log" or "/var/log/user.log" or "/var/log/cron" or "/var/log/cron.log"
        or "/var/log/maillog" or "/var/log/mail.log" or "/var/log/sudo.log" or "/var/log/boot.log" or "/var/log/dmesg"
    || path.StartsWith("/var/log/journal/", StringComparison.Ordinal) || path.StartsWith("/var/log/sudo-io/", StringComparison.Ordinal);

// Rotation and what belongs to it, by programs whose files only root may write.
bool IsRotation(AuditEvent e) => e.Process.Executable is "/usr/sbin/logrotate" or "/usr/bin/logrotate" or "/sbin/logrotate"
        or "/usr/sbin/rsyslogd" or "/sbin/rsyslogd" or "/usr/sbin/syslog-ng" or "/usr/sbin/syslogd"
        or "/lib/systemd/systemd-journald" or "/usr/lib/systemd/systemd-journald" or "/usr/bin/systemd-tmpfiles" or "/bin/systemd-tmpfiles"
        or "/usr/sbin/newsyslog" or "/usr/bin/kubelet" or "/usr/bin/containerd"
    || e.Process.Ancestors.Any(program => program is "/usr/sbin/logrotate" or "/usr/bin/logrotate" or "/sbin/logrotate");
