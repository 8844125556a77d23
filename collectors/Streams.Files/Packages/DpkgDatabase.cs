using Streams.Files.Facts;

namespace Streams.Files.Packages;

/// <summary>
/// Which package a file belongs to and what it should hold, from dpkg's lists (<c>info/*.md5sums</c>, deb-md5sums(5)) and, for
/// configuration files, from the status file beside them (<c>Conffiles</c>, deb-conffiles(5)). They are read when first asked, and again
/// when the folder or the file has changed. Safe for several threads.
/// </summary>
public sealed class DpkgDatabase : IDisposable
{
    // The largest files in packages are debug information and models.
    private const long MaxSize = 1L << 30;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly string _folder;
    private readonly string _status;
    private readonly TimeProvider _time;
    private readonly FileFactsReader _reader = new(["md5"], MaxSize);
    private PackageLists _lists = PackageLists.None;
    private Dictionary<string, PackagedFile> _configuration = [];
    private (DateTime Lists, DateTime Status) _seen;
    private long _lookedAt;
    private bool _hasLooked;

    /// <summary>Makes a reader of the database.</summary>
    /// <param name="time">The clock by which the lists are looked at again.</param>
    /// <param name="folder">Where the lists are, with the file <c>status</c> beside it; one that is not there has none.</param>
    public DpkgDatabase(TimeProvider time, string folder = "/var/lib/dpkg/info")
    {
        _time = time;
        _folder = folder;
        _status = Path.Combine(Path.GetDirectoryName(folder) ?? "/", "status");
    }

    /// <summary>The package that a path belongs to; null for none.</summary>
    public string? Owner(string path)
    {
        lock (_gate)
        {
            Refresh();
            return Find(path).Select(file => file.Package).FirstOrDefault();
        }
    }

    /// <summary>The package whose file this is, unchanged; null for none. It is read again, for its MD5.</summary>
    public string? Holds(FileFacts file)
    {
        if (file.Type != FileType.File) return null;
        lock (_gate)
        {
            Refresh();
            PackagedFile[] packaged = [.. Find(file.Path)];
            if (packaged.Length == 0) return null;
            // Only the file that the event tells of counts, not what is put in its place afterwards.
            FileFacts? now = _reader.Read(file.Path);
            return now is { Hashes: [{ Value: var sum }] } && now.Inode == file.Inode && now.Changed == file.Changed
                ? packaged.Where(one => one.Md5 == sum).Select(one => one.Package).FirstOrDefault()
                : null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();

    private IEnumerable<PackagedFile> Find(string path)
    {
        // Where /bin is a link to /usr/bin, packages may have the one name and the file the other.
        string[] names = path.StartsWith("/usr/", StringComparison.Ordinal) ? [path, path[4..]] : [path];
        foreach (string name in names)
        {
            if (_configuration.TryGetValue(name, out PackagedFile file)) yield return file;
            foreach (PackagedFile listed in _lists.Find(name)) yield return listed;
        }
    }

    private void Refresh()
    {
        if (_hasLooked && _time.GetElapsedTime(_lookedAt) < Interval) return;
        _hasLooked = true;
        _lookedAt = _time.GetTimestamp();
        try
        {
            (DateTime Lists, DateTime Status) written = (Directory.GetLastWriteTimeUtc(_folder), File.GetLastWriteTimeUtc(_status));
            if (written == _seen || !Directory.Exists(_folder)) return;
            var lists = PackageLists.Read(_folder);
            _configuration = File.Exists(_status) ? ReadConfigurationFiles(_status) : [];
            (_lists, _seen) = (lists, written);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // dpkg is at work on it: what was known stays until the next look.
        }
    }

    // Paragraphs of fields, one a package; the lines of a field that go on begin with a space: a path, its sum, perhaps "obsolete".
    private static Dictionary<string, PackagedFile> ReadConfigurationFiles(string status)
    {
        const string field = "Package: ";
        var files = new Dictionary<string, PackagedFile>(StringComparer.Ordinal);
        string package = "";
        bool isInList = false;
        foreach (string line in File.ReadLines(status))
        {
            if (line.StartsWith(field, StringComparison.Ordinal)) package = line[field.Length..];
            isInList = line.StartsWith("Conffiles:", StringComparison.Ordinal) || (isInList && line.StartsWith(' '));
            if (isInList && line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [['/', ..] path, var sum, ..])
                files[path] = new PackagedFile(package, sum);
        }

        return files;
    }
}
