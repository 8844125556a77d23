#load "packages.csx"

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
string Change(Event e, string? path) => e switch
{
    AuditEvent call => $"{call.Process.Executable} changed {path}, as {call.User.Name ?? call.User.Id}",
    FileEvent { ProcessExecutable: { } program } file => $"{program} changed {path}{(file.User is { } user ? $", as {user}" : "")}",
    FileEvent file => $"{path} was changed ({string.Join(", ", file.Actions)})",
    _ => "",
};

// Files that come in packages. Accounts, keys, the preload list and the tables of cron do not: whoever puts them into a package attacks.
bool IsPackaged(string path) =>
    path.StartsWith("/etc/ssh/", StringComparison.Ordinal)
    || path.StartsWith("/etc/sudoers", StringComparison.Ordinal)
    || path.StartsWith("/etc/cron.", StringComparison.Ordinal)
    || path.StartsWith("/etc/pam", StringComparison.Ordinal)
    || IsUnit(path)
    || path is "/etc/crontab" or "/etc/anacrontab";

bool IsSensitive(string path) => Technique(path) is not null;

// What a change of a file is good for to an attacker, as an ATT&CK technique; null for other files.
string? Technique(string path) => path switch
{
    "/etc/passwd" or "/etc/shadow" or "/etc/group" or "/etc/gshadow" => "T1098",
    "/etc/sudoers" => "T1548.003",
    "/etc/ld.so.preload" => "T1574.006",
    "/etc/crontab" or "/etc/anacrontab" => "T1053.003",
    "/etc/pam.conf" => "T1556.003",
    _ when path.StartsWith("/etc/sudoers.d/", StringComparison.Ordinal) => "T1548.003",
    _ when path.StartsWith("/etc/ssh/", StringComparison.Ordinal) => "T1556",
    _ when path.StartsWith("/etc/cron.", StringComparison.Ordinal)
        || path.StartsWith("/var/spool/cron/", StringComparison.Ordinal) => "T1053.003",
    _ when path.StartsWith("/etc/pam.d/", StringComparison.Ordinal) => "T1556.003",
    _ when IsUnit(path) => path.EndsWith(".timer", StringComparison.Ordinal) ? "T1053.006" : "T1543.002",
    _ when path.EndsWith("/.ssh/authorized_keys", StringComparison.Ordinal)
        || path.EndsWith("/.ssh/authorized_keys2", StringComparison.Ordinal) => "T1098.004",
    _ => null,
};

bool IsUnit(string path) =>
    path.StartsWith("/etc/systemd/system/", StringComparison.Ordinal)
    || path.StartsWith("/lib/systemd/system/", StringComparison.Ordinal)
    || path.StartsWith("/usr/lib/systemd/system/", StringComparison.Ordinal);
