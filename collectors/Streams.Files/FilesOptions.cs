namespace Streams.Files;

/// <summary>Which mechanism tells of changes.</summary>
public enum FilesBackend : byte
{
    /// <summary>fanotify where the kernel and the file system have it, else inotify.</summary>
    Auto,

    /// <summary>fanotify with marks on whole file systems: it knows who did it, and needs no watch a folder.</summary>
    Fanotify,

    /// <summary>inotify with a watch on each folder.</summary>
    Inotify,
}

/// <summary>A path that is watched.</summary>
/// <param name="Path">A file, a folder, or a pattern with <c>*</c>, <c>**</c>, <c>?</c> and <c>[…]</c>; it need not be there yet.</param>
/// <param name="Recursive">Whether folders in it are watched as well; else only what is directly in it.</param>
public sealed record WatchedPath(string Path, bool Recursive = false);

/// <summary>The options of the file watcher, named as those of Auditbeat's <c>file_integrity</c> module where it has them.</summary>
public sealed record FilesOptions
{
    /// <summary>The host that the events name.</summary>
    public string Host { get; init; } = Environment.MachineName;

    /// <summary>
    /// What is watched. The first five are Auditbeat's; the others are what <c>queries/sensitive-file.csx</c> and others ask for.
    /// Where one leads through a link to another (<c>/bin</c> to <c>/usr/bin</c>), that is watched once.
    /// </summary>
    public IReadOnlyList<WatchedPath> Paths { get; init; } =
    [
        new("/bin"), new("/usr/bin"), new("/sbin"), new("/usr/sbin"), new("/etc"),
        new("/etc/ssh", Recursive: true), new("/etc/pam.d"), new("/etc/sudoers.d"), new("/etc/cron.d"), new("/etc/cron.daily"),
        new("/etc/cron.hourly"), new("/etc/cron.monthly"), new("/etc/cron.weekly"), new("/var/spool/cron", Recursive: true),
        new("/etc/systemd/system", Recursive: true),
        new("/lib/systemd/system", Recursive: true), new("/usr/lib/systemd/system", Recursive: true),
        new("/root/.ssh"), new("/home/*/.ssh"),

        // queries/setuid-file.csx.
        new("/usr/local/bin"), new("/usr/local/sbin"),

        // queries/persistence.csx. What lies directly in /etc is watched above.
        new("/etc/profile.d"), new("/etc/bash_completion.d"), new("/etc/zsh"), new("/etc/fish", Recursive: true),
        new("/etc/X11/Xsession.d"), new("/etc/environment.d"), new("/etc/security"), new("/etc/ld.so.conf.d"), new("/etc/init.d"),
        new("/etc/rc.d", Recursive: true),
        new("/etc/rc?.d"), new("/etc/init"), new("/etc/update-motd.d"), new("/etc/udev/rules.d"), new("/etc/apt/apt.conf.d"),
        new("/etc/dpkg/dpkg.cfg.d"), new("/etc/dnf/plugins"), new("/etc/yum/pluginconf.d"), new("/etc/systemd/user", Recursive: true),
        new("/etc/systemd/*-generators"), new("/etc/systemd/system-sleep"), new("/etc/systemd/system-shutdown"),
        new("/etc/xdg/autostart"), new("/etc/modules-load.d"), new("/etc/modprobe.d"), new("/etc/kernel", Recursive: true),
        new("/etc/NetworkManager/dispatcher.d", Recursive: true), new("/etc/networkd-dispatcher", Recursive: true),
        new("/etc/network/if-*.d"), new("/etc/dhcp/*.d"), new("/etc/ppp/ip-up.d"), new("/etc/acpi", Recursive: true),
        new("/usr/lib/systemd/user", Recursive: true), new("/usr/lib/systemd/*-generators"), new("/usr/lib/systemd/system-sleep"),
        new("/usr/lib/systemd/system-shutdown"), new("/usr/local/lib/systemd", Recursive: true), new("/lib/udev/rules.d"),
        new("/usr/lib/udev/rules.d"), new("/usr/lib/modules-load.d"), new("/usr/lib/modprobe.d"), new("/lib/*-linux-gnu/security"),
        new("/lib/security"), new("/lib64/security"), new("/usr/lib64/security"), new("/var/spool/at"),
        new("/root/.bashrc"), new("/root/.bash_profile"), new("/root/.bash_login"), new("/root/.bash_logout"), new("/root/.profile"),
        new("/root/.zshrc"), new("/root/.config/autostart"), new("/root/.config/systemd/user", Recursive: true),
        new("/home/*/.bashrc"), new("/home/*/.bash_profile"), new("/home/*/.bash_login"), new("/home/*/.bash_logout"),
        new("/home/*/.profile"), new("/home/*/.zshrc"), new("/home/*/.config/autostart"),
        new("/home/*/.config/systemd/user", Recursive: true),
    ];

    /// <summary>Files whose whole path one of these regular expressions matches are left out.</summary>
    public IReadOnlyList<string> ExcludeFiles { get; init; } = [];

    /// <summary>When there are any, only files whose whole path one of these regular expressions matches are watched.</summary>
    public IReadOnlyList<string> IncludeFiles { get; init; } = [];

    /// <summary>The hashes that are computed; see <see cref="Facts.FileHash.Names"/>.</summary>
    public IReadOnlyList<string> HashTypes { get; init; } = ["sha256"];

    /// <summary>
    /// Which facts of executables are told: names as Auditbeat's (<c>file.elf.sections</c>), or regular expressions between slashes
    /// (<c>/.*/</c> for all).
    /// </summary>
    public IReadOnlyList<string> FileParsers { get; init; } = [];

    /// <summary>Bytes; of a larger file no hash is computed.</summary>
    public long MaxFileSize { get; init; } = 100 << 20;

    /// <summary>Whether all is compared with the baseline when the collector starts.</summary>
    public bool ScanAtStart { get; init; } = true;

    /// <summary>Bytes a second that a scan reads on average; 0 for no limit.</summary>
    public long ScanRatePerSecond { get; init; } = 50 << 20;

    /// <summary>How long after a scan the next one begins; null for never.</summary>
    public TimeSpan? ScanInterval { get; init; } = TimeSpan.FromHours(12);

    /// <summary>How many threads a scan has.</summary>
    public int ScanThreads { get; init; } = 1;

    /// <summary>Which mechanism tells of changes.</summary>
    public FilesBackend Backend { get; init; }

    /// <summary>The folder of the baseline, absolute.</summary>
    public string StatePath { get; init; } = "/var/lib/streams";
}
