using System.Globalization;
using System.Text;

namespace Streams.Audit.Rules;

/// <summary>
/// Tells when files of rules have changed: by their names, sizes, times and permissions, which cost a look and no reading. A file counts
/// once it has been the same for two looks, as editors and package managers write in several steps.
/// </summary>
/// <remarks>Not for several threads.</remarks>
internal sealed class RuleFileChanges
{
    private readonly RuleSources _sources;
    private string _read = "";
    private string _seen = "";

    /// <summary>Looks for the first time.</summary>
    public RuleFileChanges(RuleSources sources)
    {
        _sources = sources;
        MarkRead();
    }

    /// <summary>Looks whether they have changed since they were read, and have been left alone since the last look.</summary>
    public bool Look()
    {
        string now = Stamp();
        bool isStill = now == _seen;
        _seen = now;
        return isStill && now != _read;
    }

    /// <summary>They are about to be read as they are now.</summary>
    public void MarkRead() => _read = _seen = Stamp();

    private string Stamp()
    {
        var stamp = new StringBuilder();
        foreach (string path in _sources.FindFiles())
        {
            // Of a link to a file the times of the file count.
            var link = new FileInfo(path);
            FileInfo file = Target(link) as FileInfo ?? link;
            stamp.Append(path).Append('\0');
            if (!file.Exists) continue;
            stamp.Append(
                CultureInfo.InvariantCulture, $"{file.Length} {file.LastWriteTimeUtc.Ticks} {(int)file.UnixFileMode} {file.FullName}\0");
        }

        return stamp.ToString();
    }

    private static FileSystemInfo? Target(FileInfo link)
    {
        try
        {
            return link.ResolveLinkTarget(returnFinalTarget: true);
        }
        catch (IOException)
        {
            // Links that go round in a circle: reading it says so.
            return null;
        }
    }
}
