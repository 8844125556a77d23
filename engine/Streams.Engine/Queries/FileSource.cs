using Streams.Events;

namespace Streams.Engine;

/// <summary>
/// The events of the file-integrity watcher. It watches paths, where audit watches calls: it knows what a file is now and what it was
/// before, and may not know who changed it.
/// </summary>
public sealed class FileSource : IObservable<FileEvent>
{
    private readonly KindSource<FileEvent> _everyFile = new(EventKind.File);

    private FileSource()
    {
    }

    internal static FileSource Instance { get; } = new();

    /// <summary>
    /// What changed: everything but what a first scan found (<see cref="FileEvent.IsInitialScan"/>) and what only a changed
    /// configuration made look different.
    /// </summary>
    public IObservable<FileEvent> Changes { get; } = new KindSource<FileEvent>(EventKind.File, static f => f.IsChange);

    /// <inheritdoc/>
    public IDisposable Subscribe(IObserver<FileEvent> observer) => _everyFile.Subscribe(observer);
}
