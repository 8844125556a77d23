using Streams.Events;

namespace Streams.Audit;

/// <summary>Why a followed log is not read.</summary>
/// <param name="What">What is wrong, in words that follow the path.</param>
/// <param name="Remedy">What to do.</param>
internal sealed record FollowFault(string What, string Remedy)
{
    /// <summary>Nothing is there where a log was.</summary>
    public static FollowFault Gone { get; } = new(
        "is not there any more", "let the program that writes it make it again, or name the file that it writes with --follow");

    /// <summary>Something else than a file that holds bytes is there.</summary>
    public static FollowFault NotRegular(in FileState state) => new(
        $"is {state.KindText}, not a regular file",
        state.IsFolder ? "name a log in it with --follow" : "put the log in its place (\"./streams replay -\" reads a pipe)");

    /// <summary>What kept a log from being opened or read.</summary>
    public static FollowFault Of(Exception failure) => failure switch
    {
        NotRegularException special => special.Fault,
        FileNotFoundException or DirectoryNotFoundException => new(
            "is not there yet", "start the program that writes it, or name another file with --follow"),
        UnauthorizedAccessException => new(
            "may not be read by this user", "let a group of this user read it (log_group in auditd.conf), or run as root"),
        _ => new($"cannot be read: {FailureText.Of(failure)}", "look at its file system"),
    };
}
