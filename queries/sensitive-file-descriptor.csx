// What sensitive-file cannot place: a program may name a file relative to the descriptor of its folder (unlinkat(4, "90-x")). The record
// of the folder has the right inode, whatever name it has, and calls before have shown which folder that is.
#load "lib/paths.csx"

Query("sensitive-file-descriptor", Severity.High, "A file that decides who may do what was changed, by a descriptor of its folder")
    .Attack("T1098", "T1098.004", "T1543.002", "T1053.003", "T1053.006", "T1556", "T1556.003", "T1548.003")
    .Rules("-w /etc/ -p wa -k sensitive", "-w /root/.ssh/ -p wa -k sensitive", "-w /home/ -p wa -k home",
           "-w /var/spool/cron/ -p wa -k sensitive", "-w /lib/systemd/ -p wa -k sensitive")
    .From(audit => audit.FileChanges
        .Where(e => Unplaced(e) is not null && Changed(e, IsSensitive) is null)
        .Latest("folders", audit.FileChanges.Where(e => Folder(e) is not null), e => UnplacedFolder(e), e => KnownFolder(e),
                remember: Days(30))
        .Where(l => IsSensitive(Path(l.Known, l.Event)) && !(IsPackaged(Path(l.Known, l.Event)) && IsByPackageManager(l.Event)))
        .Suppress("files", l => OneName(Path(l.Known, l.Event)), Minutes(10)))
    .Alert(s => $"{s.Host}: {Change(s.Event.Event, s.Key)}",
        attack: s => Technique(Path(s.Event.Known, s.Event.Event)) is { } technique ? [technique] : []);

// The name that was changed, without a folder; null where all paths have one.
string? Unplaced(AuditEvent e)
{
    foreach (PathItem item in e.Paths)
    {
        if (item.IsUnplaced && item.NameType is not ("PARENT" or "UNKNOWN") && item.Path is { } path && !path.Contains('/')) return path;
    }

    return null;
}

(string? Device, string? Inode) UnplacedFolder(AuditEvent e) => Inode(e, item => item.IsUnplaced);

(string? Device, string? Inode) KnownFolder(AuditEvent e) => Inode(e, item => !item.IsUnplaced && IsFolder(item.Path));

(string? Device, string? Inode) Inode(AuditEvent e, Func<PathItem, bool> isMeant)
{
    foreach (PathItem item in e.Paths)
    {
        if (item.NameType == "PARENT" && isMeant(item)) return (item.Device, item.Inode);
    }

    return (null, null);
}

// A folder that holds sensitive files, by its whole path; null where the call was in none.
string? Folder(AuditEvent e)
{
    foreach (PathItem item in e.Paths)
    {
        if (item.NameType == "PARENT" && !item.IsUnplaced && IsFolder(item.Path)) return item.Path;
    }

    return null;
}

bool IsFolder(string? path) =>
    path is not null
    && (path == "/etc" || path.EndsWith("/.ssh", StringComparison.Ordinal)
        || (MayHold(path) && IsSensitive(path + "/x.service")));

// Asked of the folder of every change.
bool MayHold(string path) =>
    path.StartsWith("/etc/", StringComparison.Ordinal) || path.StartsWith("/var/spool/cron", StringComparison.Ordinal)
    || path.StartsWith("/lib/systemd/", StringComparison.Ordinal) || path.StartsWith("/usr/lib/systemd/", StringComparison.Ordinal);

string Path(AuditEvent known, AuditEvent changed) => $"{Folder(known)}/{Unplaced(changed)}";
