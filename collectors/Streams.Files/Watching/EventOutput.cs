using Streams.Events;
using Streams.Files.Facts;

namespace Streams.Files.Watching;

/// <summary>Makes events and gives them out in batches. One thread at a time.</summary>
internal sealed class EventOutput(
    string host, IReadOnlyList<string> fileParsers, TimeProvider time, FileSurroundings surroundings, IObserver<ReadOnlyMemory<Event>> observer)
{
    private const int BatchSize = 256;

    private readonly FileEventWriter _writer = new(host, FileCollector.CollectorName, fileParsers);
    private List<Event> _batch = [];
    private DateTimeOffset _toldUpTo = time.GetUtcNow();
    private ulong _serial;
    private long _events;
    private long _errors;

    /// <summary>Changes told.</summary>
    public long Events => Volatile.Read(ref _events);

    /// <summary>Files of which something could not be read.</summary>
    public long Errors => Volatile.Read(ref _errors);

    public void Change(
        FileActions actions, FileFacts? before, FileFacts? after, DateTimeOffset occurred, FileActor? by, string? from = null)
    {
        if (by is { User: { } user, UserName: null }) by = by with { UserName = surroundings.UserName?.Invoke(user) };
        // What was there before anybody looked is no change, and asking may read the file.
        string? package = actions == FileActions.InitialScan ? null : surroundings.Package?.Invoke(by, (after ?? before)!);
        _batch.Add(_writer.Write(actions, before, after, occurred, by, package, from));
        Volatile.Write(ref _events, _events + 1);
        if (after?.Error is not null) Volatile.Write(ref _errors, _errors + 1);
        if (_batch.Count >= BatchSize) Flush();
    }

    public void Gap(string cause) =>
        _batch.Add(new Gap(host, FileCollector.CollectorName, _toldUpTo, time.GetUtcNow(), ++_serial, 0, cause));

    public void Heartbeat(DateTimeOffset toldUpTo, IReadOnlyList<KeyValuePair<string, long>> counters)
    {
        if (toldUpTo > _toldUpTo) _toldUpTo = toldUpTo;
        _batch.Add(new Heartbeat(host, FileCollector.CollectorName, _toldUpTo, ++_serial, counters));
    }

    /// <summary>Gives out what there is. It may block: then the kernel's notices wait in the queue.</summary>
    public void Flush()
    {
        if (_batch.Count == 0) return;
        Event[] batch = [.. _batch];
        _batch = [];
        observer.OnNext(batch);
    }

    public void End(Exception? failure)
    {
        if (failure is null) observer.OnCompleted();
        else observer.OnError(failure);
    }
}
