using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Streams.Events;
using Streams.Events.Input;

namespace Streams.Audit;

/// <summary>
/// An audit.log that somebody else writes, followed as it grows: through rotation, truncation, and while it is not there or may not be
/// read, which is told. For hosts, users and containers that cannot have the kernel's audit itself. What a truncation took before it was
/// read is a <see cref="Gap"/> of an unknown number of records.
/// </summary>
public sealed class FollowedLog : ICollector
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
    public IDisposable Subscribe(IObserver<ReadOnlyMemory<Event>> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var run = new Run(_options, _time, _log, observer);
        if (Interlocked.CompareExchange(ref _run, run, null) is not null)
            throw new InvalidOperationException("It can be subscribed to once.");
        run.Start();
        return run;
    }

    private sealed class Run : IDisposable
    {
        private const int BatchSize = 512;
        private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

        private readonly FollowOptions _options;
        private readonly TimeProvider _time;
        private readonly IObserver<ReadOnlyMemory<Event>> _observer;
        private readonly GrowingLog _growing;
        private readonly RecordJoiner _joiner;
        private readonly Thread _thread;
        private readonly long _started;
        private readonly List<Event> _batch = new(BatchSize);
        private KeyValuePair<string, long>[] _counters = [];
        private TimeSpan _nextBeat;
        private DateTimeOffset _toldUpTo;
        private ulong _serial;
        private long _losses;
        private long _bad;

        public Run(FollowOptions options, TimeProvider time, ILogger log, IObserver<ReadOnlyMemory<Event>> observer)
        {
            _options = options;
            _time = time;
            _observer = observer;
            _growing = new GrowingLog(options.Path, options.FromStart, GiveOut, log);
            _joiner = new RecordJoiner(Add, new JoinerOptions { Host = options.Host });
            _started = time.GetTimestamp();
            _toldUpTo = time.GetUtcNow();
            _thread = new Thread(Follow) { IsBackground = true, Name = "follow" };
        }

        public IReadOnlyList<KeyValuePair<string, long>> Counters => Volatile.Read(ref _counters);

        public void Start() => _thread.Start();

        public void Dispose()
        {
            if (!_thread.IsAlive) return;
            _growing.Stop();
            _thread.Join();
        }

        private void Follow()
        {
            try
            {
                using var lines = new LineSplitter(_growing, 64 * 1024) { BeforeRead = KeepUp };
                while (lines.TryRead(out ReadOnlySpan<byte> line))
                {
                    // What is not terminated when it ends has not been written to its end.
                    if (lines.IsTooLong) _bad++;
                    else if (lines.IsTerminated) Take(line);
                }

                _joiner.Complete();
                Flush();
                _observer.OnCompleted();
            }
            catch (Exception e)
            {
                _observer.OnError(e);
            }
        }

        private void Take(ReadOnlySpan<byte> line)
        {
            AddGap();
            var parser = new LineParser(line);
            for (LineOutcome outcome; (outcome = parser.Next(out LogRecord record)) != LineOutcome.End;)
            {
                if (parser.Bad != BadLineKind.None) _bad++;
                if (outcome == LineOutcome.Record) _joiner.Add(record.Node, record.Type, record.Time, record.Serial, record.Text);
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
                new("truncations", _growing.Truncations),
            ]);
            DateTimeOffset told = _time.GetUtcNow();
            if (_joiner.EarliestUnfinished is { } unfinished && unfinished <= told.ToUnixTimeMilliseconds())
                told = DateTimeOffset.FromUnixTimeMilliseconds(unfinished - 1);

            // While the log cannot be read nobody knows what has occurred.
            if (_growing.IsOpen && told > _toldUpTo) _toldUpTo = told;
            _batch.Add(new Heartbeat(_options.Host, "audit", _toldUpTo, ++_serial, _counters));
        }

        private void AddGap()
        {
            if (_growing.Losses == _losses) return;
            _losses = _growing.Losses;
            DateTimeOffset now = _time.GetUtcNow();
            DateTimeOffset from = _toldUpTo < now ? _toldUpTo : now;
            _batch.Add(new Gap(_options.Host, "audit", from, now, ++_serial, 0, "the log was truncated before it had been read"));
        }

        private void Flush()
        {
            if (_batch.Count == 0) return;
            Event[] full = [.. _batch];
            _batch.Clear();
            _observer.OnNext(full);
        }
    }
}
