using Microsoft.Extensions.Logging;
using Streams.Events;
using Streams.Events.Input;

namespace Streams.Audit.Netlink;

/// <summary>The collector from its subscription to its end: its threads, and what runs between them.</summary>
internal sealed partial class AuditRun : IDisposable
{
    private const int HeartbeatInterval = 1000;

    // How often is looked for what has been unfinished for too long, while something is unfinished.
    private const int UnfinishedInterval = 500;

    // Records of calls on several processors come in another order than their stamps, by some milliseconds at most.
    private const int Disorder = 5;

    // How long each part of stopping may take, milliseconds.
    private const int StopPatience = 800;

    private readonly AuditOptions _options;
    private readonly TimeProvider _time;
    private readonly Func<IReadOnlyList<Event>>? _snapshot;
    private readonly IAuditRules? _rules;
    private readonly IEventAdditions? _additions;
    private readonly ILogger _log;
    private readonly CollectorOutput _output;
    private readonly OwnChanges _ownChanges;
    private readonly RecordQueue _queue;
    private readonly RecordDecoder _decoder;
    private readonly AuditReports _reports;
    private readonly Thread _decoding;
    private readonly Lock _endGate = new();
    private AuditDaemon? _daemon;
    private AuditWatch? _watch;
    private SocketReader? _reader;
    private Thread? _reading;
    private Exception? _failure;
    private long _serialGaps;
    private bool _hasEnded;
    private volatile bool _hasUnfinished;
    private volatile bool _isStopping;

    public AuditRun(
        AuditOptions options, TimeProvider time, IAuditRules? rules, IEventAdditions? additions, Func<IReadOnlyList<Event>>? snapshot,
        ILogger log, IObserver<ReadOnlyMemory<Event>> observer)
    {
        _options = options;
        _time = time;
        _snapshot = snapshot;
        _rules = rules;
        _additions = additions;
        _log = log;
        _output = new CollectorOutput(observer);
        _ownChanges = new OwnChanges(time);
        _queue = new RecordQueue(options.QueueBytes, blocks: options.BackpressureStrategy == BackpressureStrategy.None);
        _decoder = new RecordDecoder(options, additions, _ownChanges, events => _output.OnNext(events));
        _reports = new AuditReports(options.Host, time, log, _queue.Wake);
        _decoding = new Thread(Run) { Name = "audit decode", IsBackground = true };
    }

    public IReadOnlyList<KeyValuePair<string, long>> Counters =>
    [
        new("records", _decoder.Joiner.Records),
        new("events", _decoder.Events),
        new("torn", _decoder.Joiner.Torn),
        new("late", _decoder.Joiner.Late),
        new("own", _decoder.Own),
        new("forced_out", _decoder.Joiner.ForcedOut),
        new("malformed", _decoder.Malformed),
        new("forged", _reader?.Forged ?? 0),
        new("lost.kernel", _daemon?.Losses.Records ?? 0),
        new("lost.socket", _decoder.LostInSocket),
        new("lost.queue", _queue.DroppedRecords),
        new("dropped_bytes", _queue.DroppedBytes),
        new("waited_ms", _daemon?.Losses.WaitedMilliseconds ?? 0),
        new("serial_gaps", Volatile.Read(ref _serialGaps)),
        new("backlog", _daemon?.Losses.MostBacklog ?? 0),
        new("enobufs", _reader?.Overflows ?? 0),
        new("dropped_reports", _reports.Dropped),
        .. RuleCounters(),
        .. _decoder.Faults.Counters,
        .. _additions?.Counters ?? [],
    ];

    public IReadOnlyList<CollectorCondition> Conditions
    {
        get
        {
            CollectorCondition[] silent = _watch?.Refusal is { } refusal
                ? [CollectorCondition.Fault($"The state of audit is not known: {refusal}.")]
                : [];
            return [.. silent, .. _rules?.State.Conditions ?? [], .. _daemon?.Conditions ?? []];
        }
    }

    public void Start() => _decoding.Start();

    /// <summary>
    /// Whether what the kernel has recorded until then has been decoded, or will not be any more. From any thread. Not seen is what the
    /// kernel's own thread has not sent yet.
    /// </summary>
    public bool HasDecoded(DateTimeOffset time)
    {
        if (_decoder.Newest > time.ToUnixTimeMilliseconds() + Disorder) return true;
        lock (_endGate) return _hasEnded || _reader is null || (IsDrained && !_hasUnfinished);
    }

    /// <summary>Stops: gives the records up, reads what is there still, and gives that out.</summary>
    public void Dispose()
    {
        if (_isStopping) return;
        _isStopping = true;
        _watch?.Stop(StopPatience);
        lock (_endGate)
        {
            if (!_hasEnded) _reader?.Stop();
        }

        if (_reading?.Join(StopPatience) == false)
        {
            // It waits for room in the queue.
            _queue.Complete();
            _reading.Join(StopPatience);
        }

        _queue.Complete();

        // Within OnNext nobody can wait for it to return, and elsewhere not for ever.
        if (Thread.CurrentThread == _decoding || !_decoding.Join(StopPatience)) _output.Close();
    }

    private void Run()
    {
        try
        {
            using var control = new AuditControl(_ownChanges);
            using AuditSocket socket = AuditSocket.Open();
            Enlarge(socket);
            _reader = new SocketReader(socket, _queue);
            var found = new FoundSettings(_options.StatePath, BootId.Read());
            _daemon = new AuditDaemon(
                _options, _time, _rules, new RunningKernel(control, socket, _ownChanges), found, _decoder, _reports, _log);
            _daemon.Open();
            _watch = new AuditWatch(_daemon, _rules, _time, _log, Fail);
            _reading = new Thread(Read) { Name = "audit read", IsBackground = true };
            _reading.Start();
            _watch.Start();
            try
            {
                foreach (Event before in _snapshot?.Invoke() ?? []) _decoder.Add(before);
                Decode();
            }
            finally
            {
                _watch.Stop(StopPatience);
                _queue.Complete();
                _reader.Stop();
                _reading.Join();
            }
        }
        catch (Exception error)
        {
            // Whatever it is, the host goes on and says so.
            _failure ??= error;
        }

        _output.End(_isStopping ? null : _failure);
        lock (_endGate)
        {
            _hasEnded = true;
            _reader?.Dispose();
            _queue.Dispose();
        }
    }

    private void Read()
    {
        try
        {
            _reader!.Run();
        }
        catch (Exception error) when (EventFaults.IsContained(error))
        {
            Fail(error);
        }
        finally
        {
            _queue.Complete();
        }
    }

    private void Decode()
    {
        long heartbeatAt = Clock + HeartbeatInterval;
        for (bool isEnded = false; !isEnded && _failure is null;)
        {
            long clock = Clock;
            long wait = Math.Min(heartbeatAt - clock, _decoder.Joiner.InFlight > 0 ? UnfinishedInterval : HeartbeatInterval);
            _hasUnfinished = _decoder.Joiner.InFlight > 0;
            RecordBlock? block = _queue.Dequeue((int)Math.Max(wait, 0), out isEnded);
            long now = _time.GetUtcNow().ToUnixTimeMilliseconds();
            if (block is not null)
            {
                _decoder.Decode(block, now);
                _queue.Return(block);
            }

            while (_reports.TryTake(out Event report)) _decoder.Add(report);
            clock = Clock;
            _decoder.Advance(clock, now);
            if (clock >= heartbeatAt)
            {
                Beat(now);
                heartbeatAt = clock + HeartbeatInterval;
            }

            if (_decoder.HasConfigChange)
            {
                _decoder.HasConfigChange = false;
                _watch!.CheckSoon();
            }

            if (block is null || _queue.IsEmpty) _decoder.Flush();
        }

        _decoder.Complete();
        while (_reports.TryTake(out Event report)) _decoder.Add(report);
        ReportFaults(all: true);
        Beat(_time.GetUtcNow().ToUnixTimeMilliseconds());
        _decoder.Flush();
    }

    private IEnumerable<KeyValuePair<string, long>> RuleCounters()
    {
        if (_rules?.State is { } state)
        {
            yield return new("rules.configured", state.Configured);
            yield return new("rules.missing", state.Missing.Count + state.Refused.Count);
            yield return new("rules.waiting", state.Waiting.Count);
            yield return new("rules.wrong", state.Wrong.Count);
            yield return new("rules.hiding", state.Hiding.Count);
            yield return new("rules.repairs", state.Repairs);
        }

        yield return new("settings.wrong", _daemon?.Wrong ?? 0);
        yield return new("settings.repairs", _daemon?.Repairs ?? 0);
    }

    private bool IsDrained => _reader!.IsDone && _queue.IsDone;

    private void Beat(long now)
    {
        ReportFaults(all: false);
        Volatile.Write(ref _serialGaps, _decoder.Joiner.SerialGaps);
        bool isIdle = IsDrained && _daemon!.Losses.Backlog == 0;
        _decoder.AddHeartbeat(now, isIdle ? now : null, Counters);
    }

    private void ReportFaults(bool all)
    {
        foreach (FaultReport report in _decoder.Faults.Take(Clock, all))
        {
            _decoder.AddGap(report);
            LogFault(_log, report);
        }
    }

    private void Fail(Exception error)
    {
        _failure ??= error;
        _queue.Wake();
    }

    // Beyond net.core.rmem_max only with CAP_NET_ADMIN.
    private void Enlarge(AuditSocket socket)
    {
        if (socket.TrySet(Libc.SolSocket, Libc.SoRcvbufforce, _options.ReceiveBuffer)) return;
        socket.TrySet(Libc.SolSocket, Libc.SoRcvbuf, _options.ReceiveBuffer);
        LogSmallBuffer(_log, socket.ReceiveBuffer / 2, _options.ReceiveBuffer);
    }

    private long Clock => (long)_time.GetElapsedTime(0).TotalMilliseconds;

    [LoggerMessage(Level = LogLevel.Error, Message = "audit: a fault of Streams: {Report}")]
    private static partial void LogFault(ILogger log, FaultReport report);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "the audit socket's buffer has {Actual} bytes, not {Wanted}: give CAP_NET_ADMIN, or raise net.core.rmem_max")]
    private static partial void LogSmallBuffer(ILogger log, int actual, int wanted);
}
