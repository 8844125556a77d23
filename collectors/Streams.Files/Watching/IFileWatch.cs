namespace Streams.Files.Watching;

/// <summary>A mechanism of the kernel that says which files change. Watches are added by any thread, notices are read by one.</summary>
internal interface IFileWatch : IDisposable
{
    /// <summary>Its name in options and messages.</summary>
    string Backend { get; }

    /// <summary>How many marks or watches it has.</summary>
    long Watched { get; }

    /// <summary>Begins to watch what is below a folder.</summary>
    /// <param name="folder">The folder; it exists.</param>
    /// <returns>Null, or why it cannot.</returns>
    string? TryAdd(string folder);

    /// <summary>Reads notices until <see cref="Stop"/>, and then those that are there still.</summary>
    /// <param name="give">Takes each; it does not block.</param>
    /// <param name="failed">
    /// Takes what was thrown where one notice of the kernel could not be understood; what it was about counts as missed, and the next one
    /// is read.
    /// </param>
    void Run(Action<Notice> give, Action<Exception> failed);

    /// <summary>Ends <see cref="Run"/>, from another thread.</summary>
    void Stop();
}
