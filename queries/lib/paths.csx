#load "packages.csx"

// Which file was changed and by whom, and which files decide who may do what.

// The first path of the event that is of interest; null when there is none. UNKNOWN is the text of a symbolic link: nothing changed there.
string? Changed(AuditEvent e, Func<string, bool> isOfInterest)
{
    foreach (PathItem item in e.Paths)
    {
        if (item.NameType is "PARENT" or "UNKNOWN" || item.Path is not { } path) continue;
        if (item.IsUnplaced ? IsMeant(e, path, isOfInterest) : isOfInterest(path)) return item.IsUnplaced ? Meant(path) : path;
    }

    return null;
}

// A path that is relative to a descriptor may be anywhere. Where the key of the rule says that the kernel found it among the files that are
// watched, the file of that name is meant.
bool IsMeant(AuditEvent e, string path, Func<string, bool> isOfInterest) => e.Tags.Contains("sensitive") && isOfInterest(Meant(path));

string Meant(string path)
{
    string name = path[(path.LastIndexOf('/') + 1)..];
    string folder = name switch
    {
        "authorized_keys" or "authorized_keys2" => "/root/.ssh/",
        "sshd_config" or "ssh_config" => "/etc/ssh/",
        _ when name.EndsWith(".service", StringComparison.Ordinal) || name.EndsWith(".timer", StringComparison.Ordinal)
            || name.EndsWith(".socket", StringComparison.Ordinal) || name.EndsWith(".path", StringComparison.Ordinal)
            => "/etc/systemd/system/",
        _ => "/etc/",
    };
    return folder + name;
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

// What editors write beside a file while they change it. Nothing runs such names; the rename to the real name is a change of that.
bool IsScratch(string path) =>
    path.EndsWith('~') || path.EndsWith(".swp", StringComparison.Ordinal) || path.EndsWith(".swx", StringComparison.Ordinal)
    || path.EndsWith(".swpx", StringComparison.Ordinal) || path.EndsWith("/4913", StringComparison.Ordinal)
    || path.Contains("/.#", StringComparison.Ordinal);
