using System.Globalization;

namespace Streams.Audit;

/// <summary>The files behind paths, as sources: a log and what it was rotated into are one.</summary>
internal static class LogFiles
{
    /// <summary>The name of standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>One source: its files in the order in which they were written.</summary>
    /// <param name="Files">Their paths; <see cref="StandardInput"/> alone for standard input.</param>
    public sealed record Chain(IReadOnlyList<LogFile> Files);

    /// <summary>A file.</summary>
    /// <param name="Path">As given, or as found in a folder.</param>
    /// <param name="IsNamed">Given, not found in a folder.</param>
    public sealed record LogFile(string Path, bool IsNamed);

    /// <summary>Finds the sources of paths, in the order in which they were given. What cannot be found or read is reported.</summary>
    public static List<Chain> Find(IReadOnlyList<string> paths, LogStatistics statistics)
    {
        var chains = new List<(string Key, List<LogFile> Files)>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            if (path == StandardInput)
            {
                if (seen.Add(path)) chains.Add((path, [new LogFile(path, true)]));
            }
            else if (Directory.Exists(path))
            {
                foreach (string file in InFolder(path, statistics)) Add(file, named: false);
            }
            else
            {
                Add(path, named: true);
            }
        }

        return [.. chains.Select(chain => new Chain([.. chain.Files.OrderBy(file => Rotation.Of(file.Path))]))];

        void Add(string path, bool named)
        {
            string full = Path.GetFullPath(path);
            if (!seen.Add(full)) return;
            string key = Rotation.Base(full);
            int known = chains.FindIndex(chain => chain.Key == key);
            if (known >= 0) chains[known].Files.Add(new LogFile(path, named));
            else chains.Add((key, [new LogFile(path, named)]));
        }
    }

    private static string[] InFolder(string folder, LogStatistics statistics)
    {
        try
        {
            string[] files = Directory.GetFiles(folder);
            Array.Sort(files, StringComparer.Ordinal);
            if (files.Length == 0) statistics.Error(folder, "the folder is empty", "name a folder that holds audit logs, or a log");
            return files;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            statistics.Error(folder, "the folder cannot be read: " + error.Message, "run as a user who may read it");
            return [];
        }
    }
}

/// <summary>
/// The place of a file among what a log was rotated into, oldest first: <c>audit.log-20260102</c>, <c>audit.log.2.gz</c>,
/// <c>audit.log.1</c>, <c>audit.log</c>.
/// </summary>
internal readonly record struct Rotation(int Group, string Date, long Number) : IComparable<Rotation>
{
    public static Rotation Of(string path)
    {
        Split(path, out string suffix);
        if (suffix.Length == 0) return new Rotation(2, "", 0);
        return IsNumber(suffix) ? new Rotation(1, "", -long.Parse(suffix[1..], CultureInfo.InvariantCulture)) : new Rotation(0, suffix[1..], 0);
    }

    /// <summary>The path without what rotation and compression appended.</summary>
    public static string Base(string path) => Split(path, out _);

    public int CompareTo(Rotation other)
    {
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
        if (digits > folder && name[digits - 1] == '.' && tail.Length > 0 && (IsNumber("." + tail) || IsDate(tail)))
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

    private static bool IsNumber(string suffix) => suffix.Length is > 1 and <= 6 && suffix[0] == '.' && suffix.AsSpan(1).ContainsAnyExceptInRange('0', '9') is false;

    private static bool IsDate(string text) => text.Count(char.IsAsciiDigit) >= 8 && char.IsAsciiDigit(text[0]);
}
