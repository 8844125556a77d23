// Left out is what a machine does by itself: what the package manager or a script of its packages loads; what udev, systemd-modules-load
// or the kernel (modprobe as a child of its threads) asks for; and whatever modprobe loads without a login within ten minutes of a boot.
// Not insmod, which loads any file: modprobe takes modules from /lib/modules alone.
#load "lib/packages.csx"
#load "lib/processes.csx"

Query("kernel-module", Severity.High, "A kernel module was loaded or removed")
    .Attack("T1547.006")
    .Rules("-a always,exit -F arch=b64 -S init_module,finit_module,delete_module -k modules",
           "-a always,exit -F arch=b32 -S init_module,finit_module,delete_module -k modules")
    .From(audit => audit.Syscalls("init_module", "finit_module", "delete_module")
        .Where(e => !WasLoadedBefore(e) && !IsOnRequest(e) && !IsOfPackageManager(e))
        .LatestOrNone("boots", audit.Records("SYSTEM_BOOT", "DAEMON_START"), e => e.Host, boot => boot.Host, Minutes(10))
        .Where(load => load.Known is null || !IsByService(load.Event))
        .Select(load => load.Event)
        .Suppress("programs", e => (e.Process.Executable, e.Process.Pid), Minutes(10)))
    .Alert(s => $"{s.Host}: {s.Newest.Process.Executable} called {s.Newest.Data("syscall")}"
        + (s.Newest.Data("name") is { } module ? $" for {module}" : "") + $", as {Who(s.Newest)}"
        + (s.Newest.Succeeded ? "" : $", which failed with {s.Newest.Data("exit")}")
        + (s.Count > 1 ? $"; {s.Count} calls so far" : ""));

// Two that load the same module at the same time: one of them is late.
bool WasLoadedBefore(AuditEvent e) => e.Data("exit") is "EEXIST";

bool IsOnRequest(AuditEvent e) => e.User.AuditId is null && e.Process.Executable switch
{
    "/usr/lib/systemd/systemd-udevd" or "/lib/systemd/systemd-udevd" or "/usr/bin/udevadm" or "/bin/udevadm"
        or "/usr/lib/systemd/systemd-modules-load" or "/lib/systemd/systemd-modules-load" => true,
    "/usr/bin/kmod" or "/bin/kmod" => e.Process.ParentPid == 2,     // kthreadd: call_usermodehelper (kernel/umh.c)
    _ => false,
};

bool IsByService(AuditEvent e) =>
    e.User.AuditId is null
    && e.Process.Executable is "/usr/bin/kmod" or "/bin/kmod" or "/sbin/modprobe" or "/usr/lib/systemd/systemd" or "/lib/systemd/systemd"
    && !(e.Process.Title ?? "").Contains("insmod", StringComparison.Ordinal);
