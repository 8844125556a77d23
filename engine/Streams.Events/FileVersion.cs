using Streams.Events.Decoding;

namespace Streams.Events;

/// <summary>What is known of a file at one time, read from the document of a change when asked; null where that does not say.</summary>
public readonly struct FileVersion
{
    private readonly FileEvent _source;
    private readonly string _prefix;

    internal FileVersion(FileEvent source, string prefix) => (_source, _prefix) = (source, prefix);

    /// <summary>Its SHA-256, in hexadecimal.</summary>
    public string? Sha256 => _source.Text(_prefix + "hash.sha256") ?? (_prefix == Now ? _source.Text("hash.sha256") : null);

    /// <summary>Its permission bits in octal, for instance <c>0644</c>.</summary>
    public string? Mode => _source.Text(_prefix + "mode");

    /// <summary>Its owner: the user's name, else the id. Whether it has another one than before, <see cref="Uid"/> says.</summary>
    public string? Owner => _source.Text(_prefix + "owner") ?? Uid;

    /// <summary>Its group: the name, else the id. Whether it has another one than before, <see cref="Gid"/> says.</summary>
    public string? Group => _source.Text(_prefix + "group") ?? Gid;

    /// <summary>The id of its owner.</summary>
    public string? Uid => _source.Text(_prefix + "uid");

    /// <summary>The id of its group.</summary>
    public string? Gid => _source.Text(_prefix + "gid");

    /// <summary>Its number on its file system: another one means that another file was put in its place.</summary>
    public string? Inode => _source.Text(_prefix + "inode");

    /// <summary>When its content was changed last, by its own account.</summary>
    public DateTimeOffset? Modified => Fields.Time(_source.Read(_prefix + "mtime"));

    /// <summary>Its size in bytes.</summary>
    public long? Size =>
        long.TryParse(_source.Text(_prefix + "size"), System.Globalization.CultureInfo.InvariantCulture, out long size) ? size : null;

    /// <summary>Whether whoever executes it gets its owner's rights.</summary>
    public bool IsSetuid => _source.Read(_prefix + "setuid").Truth;

    /// <summary>Whether whoever executes it gets its group's rights.</summary>
    public bool IsSetgid => _source.Read(_prefix + "setgid").Truth;

    /// <summary>Of a folder, whether only the owner of a file in it may rename or remove that file.</summary>
    public bool IsSticky => _source.Read((_prefix == Now ? "streams.file." : _prefix) + "sticky").Truth;

    /// <summary>
    /// Whether it has an extended attribute with capabilities for those who execute it (capabilities(7)). Of the file before a change this
    /// is known to our own watcher alone.
    /// </summary>
    public bool HasCapabilities => Fields.Texts(
        _source.Read(_prefix == Now ? "streams.file.attributes" : _prefix + "attributes")).Contains("security.capability");

    // Auditbeat before 7.0 had the hashes at the root of the document.
    internal const string Now = "file.";
    internal const string Earlier = "streams.file.before.";
}
