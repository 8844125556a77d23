using Streams.Events;

namespace Streams.Audit;

/// <summary>
/// Reads audit logs: files (plain, gzip, zstd), folders with rotated logs, standard input. Each log is a source of its own, with what
/// it was rotated into; several are merged event by event, by the stamp of the next event of each.
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
    public void Read(Action<ReadOnlyMemory<Event>> batches, CancellationToken cancellation = default)
    {
        List<LogFiles.Chain> chains = LogFiles.Find(paths, Statistics);
        Statistics.BytesTotal = Total(chains);
        var batch = new Batch(batches);
        int buffer = Math.Clamp((16 << 20) / Math.Max(chains.Count, 1), 64 << 10, 1 << 20);
        var sources = new List<LogSource>(chains.Count);
        try
        {
            foreach (LogFiles.Chain chain in chains) sources.Add(new LogSource(chain, options, Statistics, buffer, batch.Flush));
            if (sources.Count == 1) ReadOne(sources[0], batch, sources, cancellation);
            else Merge(sources, batch, cancellation);
            batch.Flush();
        }
        finally
        {
            Count(sources);
            foreach (LogSource source in sources) source.Dispose();
        }
    }

    private void ReadOne(LogSource source, Batch batch, List<LogSource> sources, CancellationToken cancellation)
    {
        while (source.Next(cancellation) is { } next)
        {
            if (batch.Add(next)) Count(sources);
        }
    }

    private void Merge(List<LogSource> sources, Batch batch, CancellationToken cancellation)
    {
        var heads = new PriorityQueue<(LogSource Source, AuditEvent Next), (long Occurred, int Source)>();
        for (int i = 0; i < sources.Count; i++)
        {
            if (sources[i].Next(cancellation) is { } next) heads.Enqueue((sources[i], next), (next.OccurredTicks, i));
        }

        while (heads.TryPeek(out (LogSource Source, AuditEvent Next) head, out (long Occurred, int Source) order))
        {
            if (batch.Add(head.Next)) Count(sources);
            if (head.Source.Next(cancellation) is { } next) heads.DequeueEnqueue((head.Source, next), (next.OccurredTicks, order.Source));
            else heads.Dequeue();
        }
    }

    private void Count(List<LogSource> sources)
    {
        Statistics.Records = sources.Sum(source => source.Joiner.Records);
        Statistics.Events = sources.Sum(source => source.Joiner.Events);
        Statistics.Torn = sources.Sum(source => source.Joiner.Torn);
        Statistics.Late = sources.Sum(source => source.Joiner.Late);
        Statistics.ForcedOut = sources.Sum(source => source.Joiner.ForcedOut);
        Statistics.EndsAlone = sources.Sum(source => source.Joiner.EndsAlone);
        Statistics.SerialGaps = sources.Sum(source => source.Joiner.SerialGaps);
    }

    private static long? Total(List<LogFiles.Chain> chains)
    {
        long total = 0;
        foreach (LogFiles.LogFile file in chains.SelectMany(chain => chain.Files))
        {
            if (file.Path == LogFiles.StandardInput) return null;
            try
            {
                total += new FileInfo(file.Path).Length;
            }
            catch (IOException)
            {
                // Reading it will say what is wrong.
            }
        }

        return total;
    }

    private sealed class Batch(Action<ReadOnlyMemory<Event>> batches)
    {
        private Event[] _events = new Event[BatchSize];
        private int _count;

        /// <summary>Adds an event.</summary>
        /// <returns>Whether the batch was full and has been handed over.</returns>
        public bool Add(Event next)
        {
            _events[_count++] = next;
            if (_count < BatchSize) return false;
            Flush();
            return true;
        }

        public void Flush()
        {
            if (_count == 0) return;
            ReadOnlyMemory<Event> full = _events.AsMemory(0, _count);
            _events = new Event[BatchSize];
            _count = 0;
            batches(full);
        }
    }
}
