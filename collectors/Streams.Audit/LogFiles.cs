using System.Globalization;
using Streams.Events;

namespace Streams.Audit;

/// <summary>The files behind paths, as logs: a log and what it was rotated into, oldest first, are one.</summary>
internal sealed class LogFiles
{
    private readonly LogStatistics _statistics;
    private readonly List<List<LogFile>> _logs = [];
    private readonly Dictionary<string, List<LogFile>> _byName = new(StringComparer.Ordinal);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<LogFolder> _folders = [];

    /// <summary>
    /// Finds the files of paths, in the order in which they were given; a file that is named twice, or by a link, counts once.
    /// </summary>
    public LogFiles(IReadOnlyList<string> paths, LogStatistics statistics)
    {
        _statistics = statistics;
        foreach (string path in paths)
        {
            if (path != LogFile.StandardInput && Directory.Exists(path)) AddFolder(path);
            else Add(path, null);
        }
    }

    /// <summary>The logs.</summary>
    public IEnumerable<IEnumerable<LogFile>> Logs => _logs.Select(log => log.OrderBy(file => Rotation.Of(file.Path)));

    /// <summary>How many logs there are.</summary>
    public int Count => _logs.Count;

    /// <summary>Reports the folders none of whose files is a log, when the files have been looked at.</summary>
    public void CheckFolders()
    {
        foreach (LogFolder folder in _folders.Where(folder => !folder.HasLog))
            _statistics.Error(folder.Path, "the folder holds no audit log", "name a folder that holds audit logs, or a log");
    }

    private void AddFolder(string path)
    {
        try
        {
            string[] files = Directory.GetFiles(path);
            Array.Sort(files, StringComparer.Ordinal);
            var folder = new LogFolder(path);
            _folders.Add(folder);

            // A file goes by its own name when links to it stand beside it: what it was rotated into is found by that.
            foreach (string file in files.OrderBy(IsLink))
            {
                if (FileState.Of(file, follow: true) is { IsRegular: false }) _statistics.Skip(file, "is a pipe, a socket or a device");
                else Add(file, folder);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _statistics.Error(path, "the folder cannot be read: " + FailureText.Of(error), "run as a user who may read it");
        }
    }

    private void Add(string path, LogFolder? folder)
    {
        string full = path == LogFile.StandardInput ? path : Path.GetFullPath(path);
        string target = Target(full);
        if (!_seen.Add(target))
        {
            folder?.Accept();
            if (target != full) _statistics.Skip(path, $"is a link to {target}, which is read already");
            return;
        }

        string name = Rotation.Base(full);
        if (!_byName.TryGetValue(name, out List<LogFile>? log))
        {
            _byName[name] = log = [];
            _logs.Add(log);
        }

        log.Add(new LogFile(path, folder, _statistics));
    }

    private static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;

    // What cannot be followed is told when it is opened.
    private static string Target(string full)
    {
        try
        {
            return File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return full;
        }
    }
}

/// <summary>
/// The place of a file among what a log was rotated into, oldest first: <c>audit.log-20260102</c>, <c>audit.log.2.gz</c>,
/// <c>audit.log.1</c>, <c>audit.log</c>.
/// </summary>
internal sealed record Rotation(int Group, string Date, long Number) : IComparable<Rotation>
{
    public static Rotation Of(string path)
    {
        Split(path, out string suffix);
        if (suffix.Length == 0) return new Rotation(2, "", 0);
        return IsNumber(suffix)
            ? new Rotation(1, "", -long.Parse(suffix[1..], CultureInfo.InvariantCulture))
            : new Rotation(0, suffix[1..], 0);
    }

    /// <summary>The path without what rotation and compression appended.</summary>
    public static string Base(string path) => Split(path, out _);

    public int CompareTo(Rotation? other)
    {
        if (other is null) return 1;
        int order = Group.CompareTo(other.Group);
        if (order == 0) order = string.CompareOrdinal(Date, other.Date);
        return order != 0 ? order : Number.CompareTo(other.Number);
    }

    private static string Split(string path, out string suffix)
    {
        string name = path;
        foreach (string compressed in (ReadOnlySpan<string>)[".gz", ".zst"])
        {
            if (name.EndsWith(compressed, StringComparison.Ordinal)) name = name[..^compressed.Length];
        }

        // .7, or a date of eight digits or more behind '-' or '.', which may have a time behind it.
        int folder = name.LastIndexOf('/') + 1;
        int digits = name.Length;
        while (digits > folder && (char.IsAsciiDigit(name[digits - 1]) || name[digits - 1] is '-' or '_' or 'T')) digits--;
        string tail = name[digits..];
        if (digits > folder && name[digits - 1] == '.' && HasLetter(name[folder..(digits - 1)]) && (IsNumber("." + tail) || IsDate(tail)))
        {
            suffix = name[(digits - 1)..];
            return name[..(digits - 1)];
        }

        if (tail.Length > 1 && tail[0] is '-' or '_' && digits > folder && IsDate(tail[1..]))
        {
            suffix = tail;
            return name[..digits];
        }

        suffix = "";
        return name;
    }

    private static bool IsNumber(string suffix) =>
        suffix.Length is > 1 and <= 6 && suffix[0] == '.' && !suffix.AsSpan(1).ContainsAnyExceptInRange('0', '9');

    // 10.0.0.7 is a host and not the seventh of 10.0.0.
    private static bool HasLetter(string name) => name[(name.LastIndexOf('.') + 1)..].Any(char.IsLetter);

    private static bool IsDate(string text) => text.Count(char.IsAsciiDigit) >= 8 && char.IsAsciiDigit(text[0]);
}
