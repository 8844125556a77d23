using Streams.Events;

namespace Streams.Audit;

/// <summary>
/// What the path of a followed log leads to. A rotation leaves it empty for a moment; when it stays empty, or leads to what is not a
/// regular file, the log that is open is not the one that is written, and nothing else would show it.
/// </summary>
/// <param name="path">The path.</param>
/// <param name="time">The clock.</param>
internal sealed class FollowedPlace(string path, TimeProvider time)
{
    /// <summary>How long a rotation may take.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private long? _emptySince;
    private volatile FollowFault? _fault;

    /// <summary>Whether the last look found that it does not lead to a regular file.</summary>
    public bool IsEmpty => _emptySince is not null;

    /// <summary>What is wrong when that has lasted for longer than a rotation takes; null for nothing. From any thread.</summary>
    public FollowFault? Fault => _fault;

    /// <summary>Looks; links are followed.</summary>
    /// <returns>The regular file that is there; null for none.</returns>
    public FileState? Look()
    {
        FileState? there = FileState.Of(path, follow: true);
        if (there is { IsRegular: true })
        {
            (_emptySince, _fault) = (null, null);
            return there;
        }

        _emptySince ??= time.GetTimestamp();
        if (time.GetElapsedTime(_emptySince.Value) >= Grace)
            _fault = there is { } special ? FollowFault.NotRegular(special) : FollowFault.Gone;
        return null;
    }
}
