// What runs by itself at a boot, at a login, or when something happens, beside what sensitive-file reports (cron, units of the system,
// ld.so.preload, PAM's configuration, keys). One episode a file. Left out: package managers and the scripts of their packages, copies that
// useradd makes of /etc/skel, and the scratch files of editors; what they are renamed to counts.
#load "lib/paths.csx"

Query("persistence", Severity.High, "A file that is run at boot, at login or on an event was changed")
    .Attack("T1037", "T1037.004", "T1053.002", "T1053.006", "T1543.002", "T1546", "T1546.004", "T1546.016", "T1546.017", "T1547.006",
            "T1547.013", "T1556.003", "T1574.006")
    .Rules("-w /etc/ -p wa -k sensitive", "-w /home/ -p wa -k home", "-w /lib/systemd/ -p wa -k sensitive",
           "-w /root/.bashrc -p wa -k sensitive", "-w /root/.bash_profile -p wa -k sensitive", "-w /root/.profile -p wa -k sensitive",
           "-w /root/.zshrc -p wa -k sensitive")
    .From((audit, files) => Observable.Merge<Event>(audit.FileChanges, files.Changes)
        .Where(e => ChangedBy(e, IsPersistent) is { } path && !IsSkeleton(e, path) && !IsOfPackageManager(e))
        .Suppress("files", e => OneName(ChangedBy(e, IsPersistent)), Minutes(10)))
    .Alert(s => $"{s.Host}: {Change(s.Newest, ChangedBy(s.Newest, IsPersistent))}",
        attack: s => [Persistence(ChangedBy(s.Event, IsPersistent)!)!],
        severity: s => IsInHome(ChangedBy(s.Event, IsPersistent)!) ? Severity.Medium : Severity.High);

bool IsPersistent(string path) => Persistence(path) is not null;

// What a file is good for to an attacker, as an ATT&CK technique; null for other files.
string? Persistence(string path)
{
    if (IsScratch(path)) return null;
    if (path.StartsWith("/etc/", StringComparison.Ordinal)) return Of(InEtc, path);
    if (IsInHome(path)) return OfHome(path[path.IndexOf('/', path.StartsWith("/home/", StringComparison.Ordinal) ? 6 : 1)..]);
    if (path.StartsWith("/var/spool/at", StringComparison.Ordinal)) return "T1053.002";
    string library = path.StartsWith("/usr/local/lib/", StringComparison.Ordinal) ? path["/usr/local/lib/".Length..]
        : path.StartsWith("/usr/lib", StringComparison.Ordinal) || path.StartsWith("/lib", StringComparison.Ordinal)
            ? path[(path.IndexOf('/', path.IndexOf("lib", StringComparison.Ordinal)) + 1)..]
        : "";
    if (library.Length == 0) return null;
    if (library.Contains("security/pam_", StringComparison.Ordinal) && path.EndsWith(".so", StringComparison.Ordinal)) return "T1556.003";
    // Units of the system are sensitive-file's, but for those below /usr/local.
    if (IsUnit(path)) return null;
    string? technique = Of(InLibrary, library);
    return technique is "T1543.002" && path.EndsWith(".timer", StringComparison.Ordinal) ? "T1053.006" : technique;
}

// A name that ends in a slash stands for all below it.
string? Of((string Name, string Technique)[] table, string path)
{
    foreach ((string name, string technique) in table)
    {
        if (name.EndsWith('/') ? path.StartsWith(name, StringComparison.Ordinal) : path == name) return technique;
    }

    return null;
}

(string Name, string Technique)[] InEtc =
[
    ("/etc/profile", "T1546.004"), ("/etc/profile.d/", "T1546.004"), ("/etc/bash.bashrc", "T1546.004"), ("/etc/bashrc", "T1546.004"),
    ("/etc/bash.bash_logout", "T1546.004"), ("/etc/bash_completion.d/", "T1546.004"), ("/etc/zsh/", "T1546.004"),
    ("/etc/zshrc", "T1546.004"), ("/etc/zshenv", "T1546.004"), ("/etc/zprofile", "T1546.004"), ("/etc/csh.cshrc", "T1546.004"),
    ("/etc/csh.login", "T1546.004"), ("/etc/fish/", "T1546.004"), ("/etc/X11/Xsession.d/", "T1546.004"),
    ("/etc/environment", "T1574.006"), ("/etc/environment.d/", "T1574.006"), ("/etc/security/pam_env.conf", "T1574.006"),
    ("/etc/ld.so.conf", "T1574.006"), ("/etc/ld.so.conf.d/", "T1574.006"),
    ("/etc/rc.local", "T1037.004"), ("/etc/rc.d/", "T1037.004"), ("/etc/init.d/", "T1037.004"), ("/etc/inittab", "T1037.004"),
    ("/etc/init/", "T1037.004"), ("/etc/rc0.d/", "T1037.004"), ("/etc/rc1.d/", "T1037.004"), ("/etc/rc2.d/", "T1037.004"),
    ("/etc/rc3.d/", "T1037.004"), ("/etc/rc4.d/", "T1037.004"), ("/etc/rc5.d/", "T1037.004"), ("/etc/rc6.d/", "T1037.004"),
    ("/etc/rcS.d/", "T1037.004"), ("/etc/update-motd.d/", "T1037"),
    ("/etc/udev/rules.d/", "T1546.017"),
    ("/etc/apt/apt.conf", "T1546.016"), ("/etc/apt/apt.conf.d/", "T1546.016"), ("/etc/dpkg/dpkg.cfg", "T1546.016"),
    ("/etc/dpkg/dpkg.cfg.d/", "T1546.016"), ("/etc/dnf/plugins/", "T1546.016"), ("/etc/yum/pluginconf.d/", "T1546.016"),
    ("/etc/systemd/user/", "T1543.002"), ("/etc/systemd/system-generators/", "T1543.002"),
    ("/etc/systemd/user-generators/", "T1543.002"), ("/etc/systemd/system-environment-generators/", "T1543.002"),
    ("/etc/systemd/system-sleep/", "T1543.002"), ("/etc/systemd/system-shutdown/", "T1543.002"),
    ("/etc/xdg/autostart/", "T1547.013"),
    ("/etc/modules", "T1547.006"), ("/etc/modules-load.d/", "T1547.006"), ("/etc/modprobe.d/", "T1547.006"),
    ("/etc/kernel/", "T1546"), ("/etc/NetworkManager/dispatcher.d/", "T1546"), ("/etc/networkd-dispatcher/", "T1546"),
    ("/etc/network/if-up.d/", "T1546"), ("/etc/network/if-pre-up.d/", "T1546"), ("/etc/network/if-down.d/", "T1546"),
    ("/etc/network/if-post-down.d/", "T1546"), ("/etc/dhcp/dhclient-enter-hooks.d/", "T1546"),
    ("/etc/dhcp/dhclient-exit-hooks.d/", "T1546"), ("/etc/ppp/ip-up.d/", "T1546"), ("/etc/acpi/", "T1546"),
];

// Below /usr/lib, /lib and /usr/local/lib.
(string Name, string Technique)[] InLibrary =
[
    ("systemd/user/", "T1543.002"), ("systemd/system/", "T1543.002"), ("systemd/system-generators/", "T1543.002"),
    ("systemd/user-generators/", "T1543.002"), ("systemd/system-environment-generators/", "T1543.002"),
    ("systemd/user-environment-generators/", "T1543.002"), ("systemd/system-sleep/", "T1543.002"),
    ("systemd/system-shutdown/", "T1543.002"), ("udev/rules.d/", "T1546.017"), ("modules-load.d/", "T1547.006"),
    ("modprobe.d/", "T1547.006"), ("yum-plugins/", "T1546.016"),
];

// Below a home.
string? OfHome(string file) => file switch
{
    "/.bashrc" or "/.bash_profile" or "/.bash_login" or "/.bash_logout" or "/.bash_aliases" or "/.profile" or "/.zshrc" or "/.zshenv"
        or "/.zprofile" or "/.zlogin" or "/.zlogout" or "/.kshrc" or "/.mkshrc" or "/.cshrc" or "/.tcshrc" or "/.login" or "/.xprofile"
        or "/.xinitrc" or "/.xsession" or "/.xsessionrc" or "/.config/fish/config.fish" or "/.ssh/rc" => "T1546.004",
    "/.pam_environment" or "/.ssh/environment" => "T1574.006",
    _ when file.StartsWith("/.config/fish/conf.d/", StringComparison.Ordinal) => "T1546.004",
    _ when file.StartsWith("/.config/environment.d/", StringComparison.Ordinal) => "T1574.006",
    _ when file.StartsWith("/.config/autostart/", StringComparison.Ordinal) => "T1547.013",
    _ when file.StartsWith("/.config/systemd/user/", StringComparison.Ordinal)
        || file.StartsWith("/.local/share/systemd/user/", StringComparison.Ordinal) =>
        file.EndsWith(".timer", StringComparison.Ordinal) ? "T1053.006" : "T1543.002",
    _ => null,
};

bool IsInHome(string path) =>
    path.StartsWith("/root/", StringComparison.Ordinal)
    || (path.StartsWith("/home/", StringComparison.Ordinal) && path.IndexOf('/', 6) > 6);

// A new home gets its files from /etc/skel.
bool IsSkeleton(Event e, string path) => IsInHome(path) && Program(e)
    is "/usr/sbin/useradd" or "/usr/sbin/newusers" or "/usr/sbin/mkhomedir_helper" or "/usr/libexec/oddjob/mkhomedir"
    or "/usr/lib/systemd/systemd-homework";

string? Program(Event e) => e switch
{
    AuditEvent call => call.Process.Executable,
    FileEvent file => file.ProcessExecutable,
    _ => null,
};
