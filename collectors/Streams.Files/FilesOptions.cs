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
    /// What is watched. The first five are Auditbeat's; the others are what <c>queries/sensitive-file.csx</c> asks for and lies deeper.
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
