// Package managers: what they do to the files of their packages is ordinary work.

// Programs by their own file. dnf before its version 5 is a Python script, and a script's claims about itself prove nothing.
bool IsPackageManager(string path) =>
    path is "/usr/bin/dpkg" or "/usr/bin/rpm" or "/bin/rpm" or "/usr/bin/dnf5" or "/usr/bin/microdnf" or "/usr/bin/zypper"
        or "/usr/lib/snapd/snapd"
    || (path.StartsWith("/snap/snapd/", StringComparison.Ordinal) && path.EndsWith("/usr/lib/snapd/snapd", StringComparison.Ordinal));

// Whether the package manager itself did it.
bool IsByPackageManager(Event e) => e switch
{
    FileEvent file => file.IsByPackageManager,
    AuditEvent call => call.Process.Executable is { } program && IsPackageManager(program),
    _ => false,
};

// Whether it did it, or a script of a package that it had started. Only a live collector knows the ancestors of a process.
bool IsOfPackageManager(Event e) =>
    IsByPackageManager(e) || (e is AuditEvent call && call.Process.Ancestors.Any(program => IsPackageManager(program)));
