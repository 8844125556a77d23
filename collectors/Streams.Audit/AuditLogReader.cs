using Streams.Events;
using Streams.Events.Input;

namespace Streams.Audit;

/// <summary>
/// Reads audit logs: files (plain, gzip, zstd), folders with rotated logs, standard input. Each log is a source of its own, with what
/// it was rotated into; several are merged event by event, by the stamp of the next event of each, and what they have in common is read
/// once.
/// </summary>
/// <param name="paths">What to read; <c>-</c> is standard input.</param>
/// <param name="options">How.</param>
public sealed class AuditLogReader(IReadOnlyList<string> paths, LogOptions options)
{
    private const int BatchSize = 512;

    /// <summary>What was read so far.</summary>
    public LogStatistics Statistics { get; } = new();

    /// <summary>
    /// Reads everything, on the caller's thread. What cannot be read is reported in <see cref="Statistics"/>, and the rest is read.
    /// </summary>
    /// <param name="batches">Takes the events; the array of a batch is the receiver's.</param>
    /// <param name="cancellation">Stops reading: what is complete has been handed over.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public void Read(Action<ReadOnlyMemory<Event>> batches, CancellationToken cancellation = default) =>
        ReadInput(batch => batches(batch.Events), cancellation);

    /// <summary>The same, as input for the engine: with the times as which events count whose stamps are not believed.</summary>
    /// <param name="batches">Takes the batches.</param>
    /// <param name="cancellation">Stops reading: what is complete has been handed over.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public void ReadInput(Action<Batch> batches, CancellationToken cancellation = default)
    {
        var files = new LogFiles(paths, Statistics);
        var times = new CountedTimes();
        var batch = new EventBatches(batches, times);
        RepeatedEvents? repeated = null;
        var sources = new List<LogSource>(files.Count);
        try
        {
            int buffer = Math.Clamp((16 << 20) / Math.Max(files.Count, 1), 64 << 10, 1 << 20);
            foreach (IEnumerable<LogFile> log in files.Logs)
            {
                cancellation.ThrowIfCancellationRequested();
                var source = new LogSource(log, options, Statistics, buffer, BeforeWait, times);
                if (source.HasFiles) sources.Add(source);
            }

            files.CheckFolders();
            Statistics.BytesTotal = sources.All(source => source.Bytes is not null) ? sources.Sum(source => source.Bytes) : null;
            if (sources.Count == 1) ReadOne(sources[0], batch, sources, cancellation);
            else Merge(sources, repeated = new RepeatedEvents(Add, options.Host ?? LogSource.DefaultHost), times, cancellation);
        }
        finally
        {
            foreach (LogSource source in sources)
            {
                source.Release();
                TakeReady(source);
            }

            repeated?.Release();
            Count(sources, repeated);
            foreach (LogSource source in sources) source.Dispose();
            batch.Flush();
        }

        void Add(AuditEvent next)
        {
            if (batch.Add(next)) Count(sources, repeated);
        }

        void TakeReady(LogSource source)
        {
            while (source.TakeReady() is { } ready)
            {
                if (repeated is null) Add(ready);
                else repeated.Add(ready, sources.IndexOf(source));
            }
        }

        // Nothing more may come for a long time: what has come must not wait for it.
        void BeforeWait(LogSource source)
        {
            TakeReady(source);
            repeated?.Release();
            batch.Flush();
        }
    }

    private void ReadOne(LogSource source, EventBatches batch, List<LogSource> sources, CancellationToken cancellation)
    {
        while (source.Next(cancellation) is { } next)
        {
            if (batch.Add(next)) Count(sources, null);
        }
    }

    // A source waits, closed, under the stamp of its first record until the merge has come to it: of logs that follow each other
    // only one is open.
    private static void Merge(List<LogSource> sources, RepeatedEvents repeated, CountedTimes times, CancellationToken cancellation)
    {
        var heads = new PriorityQueue<AuditEvent?, (long Occurred, int Source)>();
        for (int i = 0; i < sources.Count; i++) heads.Enqueue(null, (sources[i].FirstStamp, i));
        while (heads.TryPeek(out AuditEvent? head, out (long Occurred, int Source) order))
        {
            if (head is not null) repeated.Add(head, order.Source);
            if (sources[order.Source].Next(cancellation) is not { } next) heads.Dequeue();
            else heads.DequeueEnqueue(next, (Milliseconds(times.Of(next) ?? next.OccurredTicks), order.Source));
        }
    }

    private static long Milliseconds(long ticks) => (ticks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;

    private void Count(List<LogSource> sources, RepeatedEvents? repeated)
    {
        JoinerFigures figures = default;
        foreach (LogSource source in sources)
        {
            source.Count();
            figures += source.Figures;
        }

        if (repeated is not null)
        {
            figures = figures with
            {
                Events = figures.Events - repeated.Count,
                Torn = figures.Torn - repeated.Torn,
                Late = figures.Late - repeated.Late,
            };
            Statistics.Repeated = repeated.Count;
        }

        Statistics.Figures = figures;
    }

    private sealed class EventBatches(Action<Batch> batches, CountedTimes times)
    {
        private Event[] _events = new Event[BatchSize];
        private int _count;

        // The latest time that what is in it counts as; null when all counts as it claims.
        private long? _latest;

        /// <summary>Adds an event.</summary>
        /// <returns>Whether the batch was full and has been handed over.</returns>
        public bool Add(AuditEvent next)
        {
            // One bound for all of a batch: whom it would concern too much, or too little, begins another.
            long? latest = times.Of(next);
            bool fits = latest is null ? _latest is null || next.OccurredTicks <= _latest : _latest == latest;
            if (!fits) Flush();
            _latest = fits ? _latest : latest;
            _events[_count++] = next;
            if (_count < BatchSize) return false;
            Flush();
            return true;
        }

        public void Flush()
        {
            if (_count == 0) return;
            ReadOnlyMemory<Event> full = _events.AsMemory(0, _count);
            DateTimeOffset? latest = _latest is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
            _events = new Event[BatchSize];
            (_count, _latest) = (0, null);
            batches(new Batch(full) { Latest = latest });
        }
    }
}
