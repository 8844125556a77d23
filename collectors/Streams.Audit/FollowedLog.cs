using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Streams.Events;
using Streams.Events.Input;
using Streams.Events.Tables;

namespace Streams.Audit;

/// <summary>
/// An audit.log that another program writes, followed as it grows: through rotation, truncation, and while it is not there or may not
/// be read, which is a condition. For hosts, users and containers that cannot have the kernel's audit itself. What a truncation took
/// before it was read is a <see cref="Gap"/> of an unknown number of records.
/// </summary>
public sealed partial class FollowedLog : ICollector
{
    private readonly FollowOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private Run? _run;

    /// <summary>Makes a collector; it does nothing before it is subscribed to.</summary>
    /// <param name="options">What to follow.</param>
    /// <param name="time">The clock of heartbeats and of what is unfinished.</param>
    /// <param name="log">The log; null for none.</param>
    public FollowedLog(FollowOptions options, TimeProvider time, ILogger? log = null) =>
        (_options, _time, _log) = (options, time, log ?? NullLogger.Instance);

    /// <inheritdoc/>
    public string Name => "audit";

    /// <inheritdoc/>
    /// <remarks><c>bad</c>: lines that are no records, or not quite; <c>rotations</c> and <c>truncations</c> of the log.</remarks>
    public IReadOnlyList<KeyValuePair<string, long>> Counters => Volatile.Read(ref _run)?.Counters ?? [];

    /// <inheritdoc/>
    public IReadOnlyList<CollectorCondition> Conditions => Volatile.Read(ref _run)?.Conditions ?? [];

    /// <summary>What an event lacks; for tests, which let it fail.</summary>
    internal Func<OpenEvent, string?> MissingOf { get; set; } = Needs.Missing;

    /// <inheritdoc/>
    public IDisposable Subscribe(IObserver<ReadOnlyMemory<Event>> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var run = new Run(_options, _time, _log, observer, MissingOf);
        if (Interlocked.CompareExchange(ref _run, run, null) is not null)
            throw new InvalidOperationException("It can be subscribed to once.");
        run.Start();
        return run;
    }

    private sealed partial class Run : IDisposable
    {
        private const int BatchSize = 512;
        private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

        private readonly FollowOptions _options;
        private readonly TimeProvider _time;
        private readonly ILogger _log;
        private readonly CollectorOutput _output;
        private readonly GrowingLog _growing;
        private readonly RecordJoiner _joiner;
        private readonly Thread _thread;
        private readonly long _started;
        private readonly List<Event> _batch = new(BatchSize);
        private KeyValuePair<string, long>[] _counters = [];
        private TimeSpan _nextBeat;
        private DateTimeOffset _toldUpTo;
        private ulong _serial;
        private long _newest;
        private bool _isGiving;
        private long _losses;
        private long _bad;

        public Run(
            FollowOptions options, TimeProvider time, ILogger log, IObserver<ReadOnlyMemory<Event>> observer,
            Func<OpenEvent, string?> missing)
        {
            _options = options;
            _time = time;
            _log = log;
            _output = new CollectorOutput(observer);
            _growing = new GrowingLog(options.Path, options.FromStart, GiveOut, time, log);
            _joiner = new RecordJoiner(Add, new JoinerOptions { Host = options.Host }) { MissingOf = missing };
            _started = time.GetTimestamp();
            _toldUpTo = time.GetUtcNow();
            _thread = new Thread(Follow) { IsBackground = true, Name = "follow" };
        }

        public IReadOnlyList<KeyValuePair<string, long>> Counters => Volatile.Read(ref _counters);

        public IReadOnlyList<CollectorCondition> Conditions => _growing.Fault is { } fault
            ? [CollectorCondition.Fault($"{_growing.Path} {fault.What}, so that no new record is read: {fault.Remedy}.")]
            : [];

        public void Start() => _thread.Start();

        // What is unfinished leaves first. Whoever disposes of it within OnNext is on its thread, which ends afterwards.
        public void Dispose()
        {
            _growing.Stop();
            if (Thread.CurrentThread != _thread) _thread.Join();
            else _output.Close();
        }

        private void Follow()
        {
            Exception? failure = null;
            try
            {
                using var lines = new LineSplitter(_growing, 64 * 1024) { BeforeRead = KeepUp };
                while (lines.TryRead(out ReadOnlySpan<byte> line))
                {
                    // What is not terminated when it ends has not been written to its end.
                    if (lines.IsTooLong) _bad++;
                    else if (lines.IsTerminated) TakeGuarded(line);
                }

                _joiner.Complete();
                ReportFaults(all: true);
                Flush();
            }
            catch (Exception error)
            {
                failure = error;
            }

            _output.End(failure);
        }

        // A line at which reading fails is an event of its own, at the time of the line before.
        private void TakeGuarded(ReadOnlySpan<byte> line)
        {
            try
            {
                Take(line);
            }
            catch (Exception error) when (!_isGiving && EventFaults.IsContained(error))
            {
                _joiner.AddFaulty(default, RecordType.None, _newest, 0, line, EventFault.Read, error);
            }
        }

        private void Take(ReadOnlySpan<byte> line)
        {
            AddGap();
            var parser = new LineParser(line);
            for (LineOutcome outcome; (outcome = parser.Next(out LogRecord record)) != LineOutcome.End;)
            {
                if (parser.Bad != BadLineKind.None) _bad++;
                if (outcome != LineOutcome.Record) continue;
                _newest = record.Time;
                _joiner.Add(record.Node, record.Type, record.Time, record.Serial, record.Text);
            }
        }

        private void Add(AuditEvent e)
        {
            _batch.Add(e);
            if (_batch.Count == BatchSize) Flush();
        }

        // A log that grows without a pause must not keep the heartbeats back. The first one says that it is known where the log ends.
        private void KeepUp()
        {
            AddGap();
            if (_growing.IsOpen && _time.GetElapsedTime(_started) >= _nextBeat) GiveOut();
        }

        private void GiveOut()
        {
            AddGap();
            ReportFaults(all: false);
            TimeSpan elapsed = _time.GetElapsedTime(_started);
            _joiner.AdvanceClock((long)elapsed.TotalMilliseconds);
            if (elapsed >= _nextBeat)
            {
                _nextBeat = elapsed + Beat;
                AddHeartbeat();
            }

            Flush();
        }

        private void AddHeartbeat()
        {
            Volatile.Write(ref _counters,
            [
                new("records", _joiner.Records), new("events", _joiner.Events), new("torn", _joiner.Torn), new("late", _joiner.Late),
                new("bad", _bad), new("bytes", _growing.Bytes), new("rotations", _growing.Rotations),
                new("truncations", _growing.Truncations), .. _joiner.Faults.Counters,
            ]);
            DateTimeOffset told = _time.GetUtcNow();
            if (_joiner.EarliestUnfinished is { } unfinished && unfinished <= told.ToUnixTimeMilliseconds())
                told = DateTimeOffset.FromUnixTimeMilliseconds(unfinished - 1);

            // While the log cannot be read, or is not in its place, what has occurred is not known.
            if (_growing.IsFollowed && told > _toldUpTo) _toldUpTo = told;
            _batch.Add(new Heartbeat(_options.Host, "audit", _toldUpTo, ++_serial, _counters));
        }

        private void AddGap()
        {
            if (_growing.Losses == _losses) return;
            _losses = _growing.Losses;
            DateTimeOffset now = _time.GetUtcNow();
            DateTimeOffset from = _toldUpTo < now ? _toldUpTo : now;
            _batch.Add(new Gap(_options.Host, "audit", from, now, ++_serial, 0, "a part of the log was gone before it had been read"));
        }

        private void ReportFaults(bool all)
        {
            foreach (FaultReport report in _joiner.Faults.Take((long)_time.GetElapsedTime(_started).TotalMilliseconds, all))
            {
                _batch.Add(new Gap(
                    report.Host, report.Collector, report.From, report.To, ++_serial, report.Records, Gap.Faulty, report.Fault));
                LogFault(_log, report);
            }
        }

        private void Flush()
        {
            if (_batch.Count == 0) return;
            Event[] full = [.. _batch];
            _batch.Clear();
            _isGiving = true;
            _output.OnNext(full);
            _isGiving = false;
        }

        [LoggerMessage(Level = LogLevel.Error, Message = "audit: a fault of Streams: {Report}")]
        private static partial void LogFault(ILogger log, FaultReport report);
    }
}
