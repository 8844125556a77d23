namespace Streams.Files.Watching;

/// <summary>What watched paths can tell of.</summary>
public static class WatchedPathExtensions
{
    /// <summary>Whether a change of a path, or of something below it, can be told: it is watched, or what is watched lies below.</summary>
    /// <param name="paths">The watched paths.</param>
    /// <param name="path">An absolute path; a slash at its end does not count.</param>
    public static bool Reach(this IEnumerable<WatchedPath> paths, string path)
    {
        string place = path.Length > 1 ? path.TrimEnd('/') : path;
        return paths.Any(watched => new PathPattern(watched.Path, watched.Recursive).Match(place) != Coverage.None);
    }
}
