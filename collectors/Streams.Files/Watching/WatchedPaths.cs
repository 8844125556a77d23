namespace Streams.Files.Watching;

/// <summary>
/// Which paths are watched: the configured patterns, and where they lead through symbolic links at this time. Any thread may ask;
/// one thread resolves.
/// </summary>
internal sealed class WatchedPaths
{
    // As many links in one path as the kernel follows (MAXSYMLINKS of namei.h).
    private const int MaxLinks = 40;

    private readonly PathPattern[] _patterns;
    private readonly Func<string, bool> _isWanted;
    private volatile Resolved _resolved = new([], [], []);

    /// <summary>Makes a set of paths; <see cref="Resolve"/> follows the links.</summary>
    /// <param name="patterns">The patterns.</param>
    /// <param name="isWanted">Whether a path that a pattern covers is not excluded.</param>
    public WatchedPaths(IEnumerable<PathPattern> patterns, Func<string, bool> isWanted)
    {
        _patterns = [.. patterns];
        _isWanted = isWanted;
    }

    /// <summary>The folders and files to begin with that exist, links resolved; none lies below another that covers it.</summary>
    public IReadOnlyList<WatchedRoot> Roots => _resolved.Roots;

    /// <summary>
    /// Where something must be watched so that nothing is missed: the roots, and the folders that exist above what does not exist yet.
    /// </summary>
    public IReadOnlyList<WatchedRoot> Places => _resolved.Places;

    /// <summary>How a path stands to what is watched, exclusions apart.</summary>
    public Coverage Match(string path)
    {
        Coverage best = Coverage.None;
        foreach (PathPattern pattern in _patterns) best = Max(best, pattern.Match(path));
        foreach (PathPattern target in _resolved.Targets) best = Max(best, target.Match(path));
        return best;
    }

    /// <summary>Whether changes of the path are told.</summary>
    public bool IsWanted(string path) => Match(path) == Coverage.Covered && _isWanted(path);

    /// <summary>Whether what is in a folder can be of interest: watched, or above what is watched.</summary>
    public bool IsPlace(string folder)
    {
        foreach (PathPattern pattern in _patterns.Concat(_resolved.Targets))
        {
            Coverage found = pattern.Match(folder);
            if (found == Coverage.Above) return true;
            if (found == Coverage.Covered && (pattern.IsRecursive || pattern.Match(folder + "/x") == Coverage.Covered)) return true;
        }

        return false;
    }

    /// <summary>Whether a path is, or was when links were followed last, a link on the way to what is watched.</summary>
    public bool MayLead(string path) =>
        _resolved.Targets.Any(target => target.Base == path)
        || _patterns.Any(pattern => pattern.Base == path || pattern.Match(path) == Coverage.Above) && Libc.TargetOf(path) is not null;

    /// <summary>Follows the links anew and looks which paths there are.</summary>
    /// <returns>The roots that were none before.</returns>
    public IReadOnlyList<WatchedRoot> Resolve()
    {
        var targets = new List<PathPattern>();
        var roots = new List<WatchedRoot>();
        var places = new List<WatchedRoot>();
        foreach (PathPattern pattern in _patterns)
        {
            places.Add(Existing(Follow(pattern.Base, targets, isRecursive: false), !pattern.IsLiteral || pattern.IsRecursive));
            foreach (string path in pattern.Expand())
            {
                string real = Follow(path, targets, pattern.IsRecursive);
                if (Path.Exists(real)) roots.Add(new WatchedRoot(real, pattern.IsRecursive));
            }
        }

        // A link on the way is watched itself, in the folder that it is in.
        places.AddRange(targets.Select(target => Libc.TargetOf(target.Base) is null
            ? Existing(target.Base, target.IsRecursive)
            : Existing(Path.GetDirectoryName(target.Base) ?? "/", isRecursive: false)));
        WatchedRoot[] before = [.. _resolved.Roots];
        _resolved = new Resolved(Outermost(roots), Outermost([.. roots, .. places]), [.. targets]);
        return [.. _resolved.Roots.Except(before)];
    }

    // Resolves every link of a path. Each link and where it leads becomes a target.
    private static string Follow(string path, List<PathPattern> targets, bool isRecursive)
    {
        string real = "/";
        bool isLinked = false;
        var rest = new Stack<string>(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        for (int links = 0; rest.TryPop(out string? name);)
        {
            if (name == ".") continue;
            if (name == "..")
            {
                real = Path.GetDirectoryName(real) ?? "/";
                continue;
            }

            string next = real == "/" ? "/" + name : $"{real}/{name}";
            if (links < MaxLinks && Libc.TargetOf(next) is { } target)
            {
                links++;
                isLinked = true;
                targets.Add(new PathPattern(next, recursive: false, isLiteral: true));
                if (target.StartsWith('/')) real = "/";
                foreach (string part in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse()) rest.Push(part);
                continue;
            }

            real = next;
        }

        if (isLinked) targets.Add(new PathPattern(real, isRecursive, isLiteral: true));
        return real;
    }

    private static WatchedRoot Existing(string path, bool isRecursive)
    {
        string folder = path;
        while (!Directory.Exists(folder)) folder = Path.GetDirectoryName(folder) ?? "/";
        return new WatchedRoot(folder, isRecursive && folder == path);
    }

    private static WatchedRoot[] Outermost(List<WatchedRoot> roots) =>
    [
        .. roots.Distinct()
            .Where(root => !roots.Exists(other =>
                other != root && PathPattern.IsSameOrBelow(root.Path, other.Path) && other.IsRecursive
                    && (other.Path != root.Path || !root.IsRecursive)))
            .OrderBy(root => root.Path, StringComparer.Ordinal),
    ];

    private static Coverage Max(Coverage one, Coverage other) => one > other ? one : other;

    private sealed record Resolved(WatchedRoot[] Roots, WatchedRoot[] Places, PathPattern[] Targets);
}

/// <summary>A path that exists and is watched.</summary>
/// <param name="Path">Absolute, without links.</param>
/// <param name="IsRecursive">Whether all below it is watched, not only what is directly in it.</param>
internal sealed record WatchedRoot(string Path, bool IsRecursive);
