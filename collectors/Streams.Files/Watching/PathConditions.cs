using Streams.Events.Input;

namespace Streams.Files.Watching;

/// <summary>
/// Which of the configured paths are not watched at present, and why. One thread looks, at most every ten seconds, as a path may be on a
/// file system that does not answer; any thread may ask what was found.
/// </summary>
internal sealed class PathConditions
{
    private const int Shown = 3;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _time;
    private readonly (string Text, PathPattern Pattern)[] _paths;
    private readonly bool _areDefault;
    private readonly Func<string, bool> _isClosed;
    private CollectorCondition[] _found = [];
    private long _lookedAt;
    private bool _hasLooked;

    /// <summary>Conditions of the options' paths.</summary>
    /// <param name="options">The options.</param>
    /// <param name="time">The clock of the looks.</param>
    /// <param name="isClosed">Whether a path that is there may not be read; null asks the file system.</param>
    public PathConditions(FilesOptions options, TimeProvider time, Func<string, bool>? isClosed = null)
    {
        _time = time;
        _isClosed = isClosed ?? IsClosed;
        _paths = [.. options.Paths.Select(path => (path.Path, new PathPattern(path.Path, path.Recursive)))];
        _areDefault = options.Paths.SequenceEqual(new FilesOptions().Paths);
    }

    /// <summary>What is not watched, as of the last look.</summary>
    public IReadOnlyList<CollectorCondition> Found => Volatile.Read(ref _found);

    /// <summary>Looks, where the last look is long enough ago.</summary>
    /// <param name="refused">How many folders have no watch because the kernel gives no more.</param>
    public void Look(long refused)
    {
        if (_hasLooked && _time.GetElapsedTime(_lookedAt) < Interval) return;
        (_lookedAt, _hasLooked) = (_time.GetTimestamp(), true);
        Volatile.Write(ref _found, [.. refused > 0 ? [Refused(refused)] : Array.Empty<CollectorCondition>(), .. Paths()]);
    }

    private IEnumerable<CollectorCondition> Paths()
    {
        var absent = new List<string>();
        var closed = new List<string>();
        foreach ((string text, PathPattern pattern) in _paths)
        {
            string[] found = [.. pattern.Expand()];
            if (found.Length == 0) absent.Add(text);
            closed.AddRange(found.Where(_isClosed));
        }

        if (closed.Count > 0)
        {
            string message = $"{Count(closed.Count)} may not be read by this user, so not watched: {List(closed)}.";
            // Nobody has asked for these in particular.
            yield return _areDefault ? CollectorCondition.Note(message) : CollectorCondition.Fault(message);
        }

        if (absent.Count > 0)
            yield return CollectorCondition.Note($"{Count(absent.Count)} will be watched when there is something: {List(absent)}.");
    }

    private static CollectorCondition Refused(long folders) => CollectorCondition.Fault(
        $"{folders} folders have no watch, only scans see what changes there: raise fs.inotify.max_user_watches with sysctl.");

    private static bool IsClosed(string path)
    {
        try
        {
            if (Directory.Exists(path)) _ = Directory.EnumerateFileSystemEntries(path).Any();
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
        catch (IOException)
        {
            // It is being removed.
            return false;
        }
    }

    private static string Count(int paths) => paths == 1 ? "1 path" : $"{paths} paths";

    private static string List(List<string> paths)
    {
        string others = paths.Count > Shown ? $" and {paths.Count - Shown} more" : "";
        return string.Join(", ", paths.Take(Shown).Select(PathText.Shown)) + others;
    }
}
