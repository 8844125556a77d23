// Which file a call changed, and which files decide who may do what.

// The first path of the event that is of interest; null when there is none.
string? Changed(AuditEvent e, Func<string, bool> isOfInterest)
{
    foreach (PathItem item in e.Paths)
    {
        if (item.NameType != "PARENT" && item.Path is { } path && isOfInterest(path)) return path;
    }

    return null;
}

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
