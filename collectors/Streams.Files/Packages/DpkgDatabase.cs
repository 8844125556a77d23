using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Streams.Files.Facts;

namespace Streams.Files.Packages;

/// <summary>
/// Which package a file belongs to and what it should hold, from dpkg's lists (<c>info/*.md5sums</c>, deb-md5sums(5)) and, for
/// configuration files, from the status file beside them (<c>Conffiles</c>, deb-conffiles(5)). They are read when first asked, and again
/// when the folder or the file has changed. Safe for several threads.
/// </summary>
public sealed class DpkgDatabase : IDisposable
{
    // A large desktop has some 500,000 files in packages; more are not kept, and not recognised.
    private const int MaxFiles = 1_000_000;

    // The largest files in packages are debug information and models.
    private const long MaxSize = 1L << 30;

    // Hexadecimal digits of an MD5.
    private const int SumLength = 32;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly string _folder;
    private readonly string _status;
    private readonly TimeProvider _time;
    private readonly FileFactsReader _reader = new(["md5"], MaxSize);
    private Dictionary<UInt128, Entry> _files = [];
    private List<string> _packages = [];
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
            return Find(path) is { } entry ? _packages[entry.Package] : null;
        }
    }

    /// <summary>The package whose file this is, unchanged; null for none. It is read again, for its MD5.</summary>
    public string? Holds(FileFacts file)
    {
        if (file.Type != FileType.File) return null;
        lock (_gate)
        {
            Refresh();
            if (Find(file.Path) is not { } entry) return null;
            // Only the file that the event tells of counts, not what is put in its place afterwards.
            FileFacts? now = _reader.Read(file.Path);
            bool isSame = now is { Hashes: [{ Value: var sum }] } && now.Inode == file.Inode && now.Changed == file.Changed
                && sum == entry.Md5.ToString("x32", CultureInfo.InvariantCulture);
            return isSame ? _packages[entry.Package] : null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();

    private Entry? Find(string path)
    {
        // Where /bin is a link to /usr/bin, packages may have the one name and the file the other.
        if (_files.TryGetValue(Key(path), out Entry entry)) return entry;
        return path.StartsWith("/usr/", StringComparison.Ordinal) && _files.TryGetValue(Key(path[4..]), out entry) ? entry : null;
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
            Read();
            _seen = written;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // dpkg is at work on it: what was known stays until the next look.
        }
    }

    private void Read()
    {
        var files = new Dictionary<UInt128, Entry>();
        var packages = new List<string>();
        foreach (string list in Directory.EnumerateFiles(_folder, "*.md5sums"))
        {
            packages.Add(Path.GetFileNameWithoutExtension(list).Split(':')[0]);
            foreach (string line in File.ReadLines(list))
            {
                // The sum, two spaces, the path without its first slash.
                if (line.Length > SumLength + 2) Add(files, "/" + line[(SumLength + 2)..], line.AsSpan(0, SumLength), packages.Count - 1);
            }
        }

        if (File.Exists(_status)) ReadConfigurationFiles(files, packages);
        (_files, _packages) = (files, packages);
    }

    // Paragraphs of fields, one a package; the lines of a field that go on begin with a space: a path, its sum, perhaps "obsolete".
    private void ReadConfigurationFiles(Dictionary<UInt128, Entry> files, List<string> packages)
    {
        const string package = "Package: ";
        bool isInList = false;
        foreach (string line in File.ReadLines(_status))
        {
            if (line.StartsWith(package, StringComparison.Ordinal)) packages.Add(line[package.Length..]);
            isInList = line.StartsWith("Conffiles:", StringComparison.Ordinal) || (isInList && line.StartsWith(' '));
            if (isInList && line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [['/', ..] path, { Length: SumLength } sum, ..])
                Add(files, path, sum, packages.Count - 1);
        }
    }

    private static void Add(Dictionary<UInt128, Entry> files, string path, ReadOnlySpan<char> sum, int package)
    {
        if (files.Count < MaxFiles && package >= 0 && UInt128.TryParse(sum, NumberStyles.AllowHexSpecifier, null, out UInt128 md5))
            files[Key(path)] = new Entry(package, md5);
    }

    // 16 bytes a path instead of its text.
    private static UInt128 Key(string path) =>
        BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(path)));

    private readonly record struct Entry(int Package, UInt128 Md5);
}
