using System.Text.Json;
using Streams.Events;

namespace Streams.Host.Live;

/// <summary>The file of <c>--stats</c>: whoever reads it finds a whole JSON object, that of this second or of the one before.</summary>
internal sealed class StatsFile
{
    private readonly string _path;
    private readonly string _next;

    /// <summary>Checks that the file can be written, so that a run is not lost to a misspelt folder.</summary>
    /// <exception cref="IOException">It cannot.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not.</exception>
    public StatsFile(string path)
    {
        _path = Path.GetFullPath(path);
        _next = _path + ".new";
        File.WriteAllBytes(_next, []);
    }

    /// <summary>Why the last figures were not written; null when they were.</summary>
    public string? Failure { get; private set; }

    /// <summary>Replaces the file.</summary>
    public void Write(LiveFigures figures)
    {
        try
        {
            using (FileStream stream = File.Create(_next))
            using (var json = new Utf8JsonWriter(stream, ReadableJson.IndentedOptions))
            {
                figures.Write(json);
            }

            File.Move(_next, _path, overwrite: true);
            Failure = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Failure = $"{_path}: {FailureText.Of(e)}";
        }
    }
}
