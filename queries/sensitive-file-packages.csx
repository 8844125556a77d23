// What sensitive-file leaves out: an upgrade rewrites many such files, but whoever is root may install a package as well.
// One episode a host.
#load "lib/paths.csx"

Query("sensitive-file-packages", Severity.Low, "The package manager changed files that decide who may do what")
    .Attack("T1072")
    .Rules("-w /etc/ -p wa -k sensitive", "-w /lib/systemd/ -p wa -k sensitive")
    .From((audit, files) => Observable.Merge<Event>(audit.FileChanges, files.Changes)
        .Where(e => ChangedBy(e, IsSensitive) is { } path && IsPackaged(path) && IsByPackageManager(e))
        .Suppress("installations", e => e.Host, Minutes(10)))
    .Alert(s => $"{s.Host}: {Change(s.Newest, ChangedBy(s.Newest, IsSensitive))}{(s.Count > 1 ? $", and {s.Count - 1} more" : "")}");
