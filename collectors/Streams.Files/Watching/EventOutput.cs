using Streams.Events;
using Streams.Events.Input;
using Streams.Files.Facts;

namespace Streams.Files.Watching;

/// <summary>
/// Makes events and gives them out in batches, each kept beside the baseline first. One thread at a time, but for
/// <see cref="Acknowledge"/>.
/// </summary>
internal sealed class EventOutput
{
    private const int BatchSize = 256;

    private readonly string _host;
    private readonly TimeProvider _time;
    private readonly FileSurroundings _surroundings;
    private readonly Baseline _baseline;
    private readonly bool _isAcknowledged;
    private readonly CollectorOutput _output;
    private readonly FileFaults _faults;
    private readonly FileEventWriter _writer;
    private readonly UnacknowledgedEvents _unacknowledged;
    private List<Event> _batch = [];
    private int _kept;
    private DateTimeOffset _toldUpTo;
    private ulong _serial;
    private long _events;
    private long _again;
    private long _errors;

    /// <summary>Makes an output; the baseline's commits keep what is to be given out.</summary>
    /// <param name="options">The host that the events name, and which facts of executables they tell.</param>
    /// <param name="surroundings">What else is known.</param>
    /// <param name="time">The clock of gaps and heartbeats.</param>
    /// <param name="baseline">Where events are kept until they have arrived.</param>
    /// <param name="isAcknowledged">Whether events have arrived only when <see cref="Acknowledge"/> says so.</param>
    /// <param name="output">Takes the batches.</param>
    /// <param name="faults">Counts the paths at which Streams failed.</param>
    public EventOutput(
        FilesOptions options, FileSurroundings surroundings, TimeProvider time, Baseline baseline, bool isAcknowledged,
        CollectorOutput output, FileFaults faults)
    {
        (_host, _surroundings, _time, _baseline, _isAcknowledged) = (options.Host, surroundings, time, baseline, isAcknowledged);
        (_output, _faults) = (output, faults);
        _writer = new FileEventWriter(_host, FileCollector.CollectorName, options.FileParsers);
        _unacknowledged = new UnacknowledgedEvents(baseline);
        _toldUpTo = time.GetUtcNow();
        baseline.Committing = Keep;
    }

    /// <summary>Changes told.</summary>
    public long Events => Volatile.Read(ref _events);

    /// <summary>Changes of the process before that were told once more.</summary>
    public long Again => Volatile.Read(ref _again);

    /// <summary>Changes told that have not arrived yet, as far as is known.</summary>
    public long Unacknowledged => _unacknowledged.Count;

    /// <summary>Files of which something could not be read.</summary>
    public long Errors => Volatile.Read(ref _errors);

    /// <summary>Tells once more what the process before may have told in vain, when it was killed.</summary>
    public void TellAgain()
    {
        foreach ((long number, DateTimeOffset occurred, byte[] document) in _unacknowledged.TakeOver())
        {
            _batch.Add(new FileEvent(_host, FileCollector.CollectorName, occurred, ++_serial, document));
            Volatile.Write(ref _again, _again + 1);
            if (_batch.Count >= BatchSize || number == _unacknowledged.Last) GiveOut(number);
        }
    }

    /// <summary>Tells what a scan has found: nobody knows since when it is so.</summary>
    public void Found(FileActions actions, FileFacts? before, FileFacts? after) =>
        Tell(actions, before, after, _time.GetUtcNow(), by: null, from: null);

    /// <summary>Tells a change. What it makes of the file is put into the baseline after it and before the next one is told.</summary>
    public void Change(
        FileActions actions, FileFacts? before, FileFacts? after, DateTimeOffset occurred, FileActor? by, string? from = null) =>
        Tell(actions, before, after, occurred, by ?? _surroundings.ChangedBy?.Invoke((after ?? before)!, occurred), from);

    /// <summary>Reports a change of which the facts could not be read or written, since Streams failed at it.</summary>
    /// <param name="path">The path.</param>
    /// <param name="actions">What has happened to it, as far as is known.</param>
    /// <param name="occurred">When.</param>
    /// <param name="by">Who did it; null where that is not known.</param>
    /// <param name="error">What was thrown.</param>
    public void Fault(string path, FileActions actions, DateTimeOffset occurred, FileActor? by, Exception error)
    {
        if (_batch.Count >= BatchSize) Flush();
        var facts = new FileFacts { Path = path };
        FileEvent change = _writer.Write(actions, null, facts, occurred, by, fault: EventFault.Read);
        _batch.Add(change);
        Volatile.Write(ref _events, _events + 1);
        _faults.Add(change, error);
    }

    /// <summary>What is known of a path cannot be read: it is compared as one that is not known.</summary>
    public void Unreadable(string path, Exception error)
    {
        var facts = new FileFacts { Path = path };
        _faults.Add(_writer.Write(FileActions.ConfigChange, null, facts, _time.GetUtcNow(), fault: EventFault.Read), error);
    }

    /// <summary>Reports what Streams has failed at since it was reported last.</summary>
    /// <param name="all">Whether what would have to wait is reported as well.</param>
    public void Faults(bool all)
    {
        foreach (FaultReport report in _faults.Take(all))
        {
            _batch.Add(new Gap(
                report.Host, report.Collector, report.From, report.To, ++_serial, report.Records, Streams.Events.Gap.Faulty, report.Fault));
        }
    }

    public void Gap(string cause) =>
        _batch.Add(new Gap(_host, FileCollector.CollectorName, _toldUpTo, _time.GetUtcNow(), ++_serial, 0, cause));

    public void Heartbeat(DateTimeOffset toldUpTo, IReadOnlyList<KeyValuePair<string, long>> counters)
    {
        if (toldUpTo > _toldUpTo) _toldUpTo = toldUpTo;
        _batch.Add(new Heartbeat(_host, FileCollector.CollectorName, _toldUpTo, ++_serial, counters));
    }

    /// <summary>Keeps and gives out what there is. It may block: then the kernel's notices wait in the queue.</summary>
    public void Flush()
    {
        Keep();
        _baseline.Commit();
        if (_batch.Count > 0) GiveOut(_unacknowledged.Last);
    }

    /// <summary>Flushes, and waits for a while until all has arrived: what has not is told again by the next process.</summary>
    public void Finish(int milliseconds)
    {
        Flush();
        _unacknowledged.Wait(milliseconds);
        Flush();
    }

    /// <summary>So many of the events have arrived; from any thread.</summary>
    /// <returns>Whether that is all that were given out.</returns>
    public bool Acknowledge(long events) => _unacknowledged.Acknowledge(events);

    private void Tell(FileActions actions, FileFacts? before, FileFacts? after, DateTimeOffset occurred, FileActor? by, string? from)
    {
        if (_batch.Count >= BatchSize) Flush();
        if (by is { User: { } user, UserName: null }) by = by with { UserName = _surroundings.UserName?.Invoke(user) };
        // What was there before anybody looked is no change, and asking may read the file.
        string? package = actions == FileActions.InitialScan ? null : _surroundings.Package?.Invoke(by, (after ?? before)!);
        _batch.Add(_writer.Write(actions, before, after, occurred, by, package, from));
        Volatile.Write(ref _events, _events + 1);
        if (after?.Error is not null) Volatile.Write(ref _errors, _errors + 1);
    }

    private void Keep()
    {
        for (; _kept < _batch.Count; _kept++)
        {
            if (_batch[_kept] is FileEvent change) _unacknowledged.Keep(change);
        }

        _unacknowledged.Forget();
    }

    private void GiveOut(long number)
    {
        Event[] batch = [.. _batch];
        (_batch, _kept) = ([], 0);
        _unacknowledged.Given(batch.Length, number);
        _output.OnNext(batch);
        if (!_isAcknowledged) _unacknowledged.AcknowledgeAll();
    }
}
