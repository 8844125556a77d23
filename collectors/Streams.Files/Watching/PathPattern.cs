using System.Text.RegularExpressions;

namespace Streams.Files.Watching;

/// <summary>How a path stands to what is watched. Ordered: the more, the nearer.</summary>
internal enum Coverage
{
    /// <summary>It is none of the watch's business.</summary>
    None,

    /// <summary>What is watched lies, or may come to lie, below it.</summary>
    Above,

    /// <summary>It is watched.</summary>
    Covered,
}

/// <summary>
/// One configured path. <c>*</c> and <c>?</c> stand for anything within a name, <c>[abc]</c> and <c>[!a-z]</c> for one character of it,
/// <c>**</c> as a whole name for any number of folders. It covers the path itself and what is in it: direct children, or all below.
/// </summary>
internal sealed class PathPattern
{
    private readonly string[] _names;
    private readonly Regex?[] _globs;

    /// <summary>Makes a pattern.</summary>
    /// <param name="pattern">An absolute path.</param>
    /// <param name="recursive">Whether it covers all below, not only direct children.</param>
    /// <param name="isLiteral">Whether wildcards stand for themselves.</param>
    /// <exception cref="FormatException">The path is not absolute, or a wildcard in it means nothing.</exception>
    public PathPattern(string pattern, bool recursive, bool isLiteral = false)
    {
        if (!isLiteral && FilesOptionFaults.OfPath(pattern) is { } fault)
            throw new FormatException($"the watched path \"{pattern}\" {fault}");
        string path = isLiteral ? pattern : Path.GetFullPath(pattern);
        IsRecursive = recursive;
        _names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        _globs = new Regex?[_names.Length];
        for (int i = 0; !isLiteral && i < _names.Length; i++)
        {
            if (_names[i] != AnyFolders && _names[i].AsSpan().ContainsAny('*', '?', '[')) _globs[i] = NamePattern.Compile(_names[i]);
        }

        int literal = 0;
        while (literal < _names.Length && _globs[literal] is null && (isLiteral || _names[literal] != AnyFolders)) literal++;
        IsLiteral = literal == _names.Length;
        Base = "/" + string.Join('/', _names.AsSpan(0, literal));
    }

    public bool IsRecursive { get; }

    /// <summary>Whether it is one path, without wildcards.</summary>
    public bool IsLiteral { get; }

    /// <summary>The folders in front of the first wildcard; of a literal path, the path.</summary>
    public string Base { get; }

    /// <summary>How a path, absolute and without <c>.</c> and <c>..</c>, stands to the pattern.</summary>
    public Coverage Match(string path)
    {
        if (!IsLiteral) return Match(path.Split('/', StringSplitOptions.RemoveEmptyEntries), 0, 0);
        if (IsSameOrBelow(path, Base))
        {
            if (IsRecursive || path.Length == Base.Length) return Coverage.Covered;
            return path.AsSpan(Base == "/" ? 1 : Base.Length + 1).Contains('/') ? Coverage.None : Coverage.Covered;
        }

        return IsSameOrBelow(Base, path) ? Coverage.Above : Coverage.None;
    }

    /// <summary>The paths there are now that the pattern names. Folders that cannot be read have none.</summary>
    public IEnumerable<string> Expand()
    {
        if (IsLiteral) return Path.Exists(Base) || Libc.TargetOf(Base) is not null ? [Base] : [];
        return Expand(Base, Base == "/" ? 0 : Base.Count(c => c == '/'));
    }

    /// <summary>Whether a path is another one, or lies below it: by whole names, so <c>/etcetera</c> is not below <c>/etc</c>.</summary>
    public static bool IsSameOrBelow(string path, string folder) =>
        folder == "/" || path.StartsWith(folder, StringComparison.Ordinal) && (path.Length == folder.Length || path[folder.Length] == '/');

    internal const string AnyFolders = "**";

    private Coverage Match(ReadOnlySpan<string> path, int at, int name)
    {
        while (true)
        {
            if (name == _names.Length)
            {
                int below = path.Length - at;
                return below <= 1 || IsRecursive ? Coverage.Covered : Coverage.None;
            }

            if (at == path.Length) return Coverage.Above;
            if (_names[name] == AnyFolders)
            {
                Coverage best = Coverage.None;
                for (int next = at; next <= path.Length && best != Coverage.Covered; next++)
                {
                    Coverage found = Match(path, next, name + 1);
                    if (found > best) best = found;
                }

                return best;
            }

            if (!IsName(name, path[at])) return Coverage.None;
            (at, name) = (at + 1, name + 1);
        }
    }

    private IEnumerable<string> Expand(string folder, int name)
    {
        if (name == _names.Length) return [folder];
        if (_names[name] == AnyFolders)
            return Expand(folder, name + 1).Concat(Entries(folder, foldersOnly: true).SelectMany(child => Expand(child, name))).Distinct();
        if (_globs[name] is null)
        {
            string child = Join(folder, _names[name]);
            return Path.Exists(child) || Libc.TargetOf(child) is not null ? Expand(child, name + 1) : [];
        }

        return Entries(folder, foldersOnly: false).Where(child => IsName(name, Path.GetFileName(child)))
            .SelectMany(child => Expand(child, name + 1));
    }

    // `**` does not follow links: it would not come to an end.
    private static string[] Entries(string folder, bool foldersOnly)
    {
        try
        {
            return foldersOnly
                ? [.. new DirectoryInfo(folder).EnumerateDirectories().Where(child => child.LinkTarget is null)
                    .Select(child => child.FullName)]
                : Directory.GetFileSystemEntries(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string Join(string folder, string name) => folder == "/" ? "/" + name : $"{folder}/{name}";

    private bool IsName(int index, string name) =>
        _globs[index] is { } glob ? glob.IsMatch(name) : string.Equals(_names[index], name, StringComparison.Ordinal);
}
