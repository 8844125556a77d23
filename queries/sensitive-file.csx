// One episode a file, with the call that changed it and what the file watcher saw as evidence, whichever comes first. What the package
// manager does to files that come in packages is told apart: it is in sensitive-file-packages.
#load "lib/paths.csx"

Query("sensitive-file", Severity.High, "A file that decides who may do what was changed")
    .Attack("T1098", "T1098.004", "T1543.002", "T1053.003", "T1053.006", "T1556", "T1556.003", "T1574.006", "T1548.003")
    .Rules("-w /etc/passwd -p wa -k sensitive", "-w /etc/shadow -p wa -k sensitive", "-w /etc/group -p wa -k sensitive",
           "-w /etc/gshadow -p wa -k sensitive", "-w /etc/sudoers -p wa -k sensitive", "-w /etc/crontab -p wa -k sensitive",
           "-w /etc/ld.so.preload -p wa -k sensitive", "-w /etc/ -p wa -k sensitive", "-w /root/.ssh/ -p wa -k sensitive",
           "-w /home/ -p wa -k home", "-w /var/spool/cron/ -p wa -k sensitive", "-w /lib/systemd/ -p wa -k sensitive")
    .From((audit, files) => Observable.Merge<Event>(audit.FileChanges, files.Changes)
        .Where(e => ChangedBy(e, IsSensitive) is { } path && !(IsPackaged(path) && IsByPackageManager(e)))
        .Suppress("files", e => OneName(ChangedBy(e, IsSensitive)), Minutes(10)))
    .Alert(s => $"{s.Host}: {Change(s.Newest, ChangedBy(s.Newest, IsSensitive))}",
        attack: s => ChangedBy(s.Event, IsSensitive) is { } path && Technique(path) is { } technique ? [technique] : []);
