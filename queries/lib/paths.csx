// Which file was changed and by whom, and which files decide who may do what.

// The first path of the event that is of interest; null when there is none.
string? Changed(AuditEvent e, Func<string, bool> isOfInterest)
{
    foreach (PathItem item in e.Paths)
    {
        if (item.NameType != "PARENT" && item.Path is { } path && isOfInterest(path)) return path;
    }

    return null;
}

// The same for what the file watcher tells; of a move away, where the file was.
string? ChangedFile(FileEvent f, Func<string, bool> isOfInterest) =>
    isOfInterest(f.Path) ? f.Path : f.MovedFrom is { } before && isOfInterest(before) ? before : null;

string? ChangedBy(Event e, Func<string, bool> isOfInterest) => e switch
{
    AuditEvent call => Changed(call, isOfInterest),
    FileEvent file => ChangedFile(file, isOfInterest),
    _ => null,
};

// Where /lib is a link to /usr/lib, a call names the one and the file watcher the other.
string? OneName(string? path) =>
    path is not null && path.StartsWith("/usr/lib/", StringComparison.Ordinal) ? path["/usr".Length..] : path;

// What was done to a file and by whom, as far as the event knows.
string Told(Event e, string? path) => e switch
{
    AuditEvent call => $"{call.Process.Executable} changed {path}, as {call.User.Name ?? call.User.Id}",
    FileEvent { ProcessExecutable: { } program } file => $"{program} changed {path}{(file.User is { } user ? $", as {user}" : "")}",
    FileEvent file => $"{path} was changed ({string.Join(", ", file.Actions)})",
    _ => "",
};

// Whether the package manager itself did it. dnf before its version 5 is a Python script, and what a script claims to be proves nothing.
bool IsByPackageManager(Event e) => e switch
{
    FileEvent file => file.IsByPackageManager,
    AuditEvent call => call.Process.Executable
        is "/usr/bin/dpkg" or "/usr/bin/rpm" or "/bin/rpm" or "/usr/bin/dnf5" or "/usr/bin/microdnf" or "/usr/bin/zypper",
    _ => false,
};

// Files that come in packages. Accounts, keys, the preload list and the tables of cron do not: whoever puts them into a package attacks.
bool IsPackaged(string path) =>
    path.StartsWith("/etc/ssh/", StringComparison.Ordinal)
    || path.StartsWith("/etc/sudoers", StringComparison.Ordinal)
    || path.StartsWith("/etc/cron.", StringComparison.Ordinal)
    || path.StartsWith("/etc/pam", StringComparison.Ordinal)
    || path.StartsWith("/etc/systemd/system/", StringComparison.Ordinal)
    || path.StartsWith("/lib/systemd/system/", StringComparison.Ordinal)
    || path.StartsWith("/usr/lib/systemd/system/", StringComparison.Ordinal)
    || path is "/etc/crontab" or "/etc/anacrontab";

bool IsSensitive(string path) =>
    path is "/etc/passwd" or "/etc/shadow" or "/etc/group" or "/etc/gshadow" or "/etc/sudoers" or "/etc/ld.so.preload" or "/etc/crontab"
        or "/etc/anacrontab" or "/etc/pam.conf"
    || path.StartsWith("/etc/sudoers.d/", StringComparison.Ordinal)
    || path.StartsWith("/etc/ssh/", StringComparison.Ordinal)
    || path.StartsWith("/etc/cron.", StringComparison.Ordinal)
    || path.StartsWith("/var/spool/cron/", StringComparison.Ordinal)
    || path.StartsWith("/etc/systemd/system/", StringComparison.Ordinal)
    || path.StartsWith("/lib/systemd/system/", StringComparison.Ordinal)
    || path.StartsWith("/usr/lib/systemd/system/", StringComparison.Ordinal)
    || path.StartsWith("/etc/pam.d/", StringComparison.Ordinal)
    || path.EndsWith("/.ssh/authorized_keys", StringComparison.Ordinal)
    || path.EndsWith("/.ssh/authorized_keys2", StringComparison.Ordinal);
