using Microsoft.Extensions.Logging;

namespace Streams.Audit;

/// <summary>What the operator should know of a followed log.</summary>
internal static partial class FollowMessages
{
    /// <summary>The log cannot be read, or is not in its place.</summary>
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} {What}; it is tried again every second: {Remedy}")]
    public static partial void Unreadable(ILogger log, string path, string what, string remedy);

    /// <summary>It could not be read before.</summary>
    [LoggerMessage(Level = LogLevel.Information, Message = "{Path} is read now")]
    public static partial void Readable(ILogger log, string path);

    /// <summary>Its place was empty before.</summary>
    [LoggerMessage(Level = LogLevel.Information, Message = "{Path} is there again")]
    public static partial void Back(ILogger log, string path);

    /// <summary>Nothing is known to be lost.</summary>
    [LoggerMessage(
        Level = LogLevel.Information, Message = "{Path} was truncated, and is read from its beginning; it had been read to its end")]
    public static partial void Truncated(ILogger log, string path);

    /// <summary>What was not read is lost.</summary>
    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Path} was truncated before it had been read to its end: what was not read is lost; it is read from its beginning")]
    public static partial void Lost(ILogger log, string path);

    /// <summary>A file between two rotations cannot be read.</summary>
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} {What}: what it holds is lost; the file after it is read")]
    public static partial void Skipped(ILogger log, string path, string what);
}
