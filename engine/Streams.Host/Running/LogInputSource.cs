using Streams.Audit;
using Streams.Events;
using Streams.Events.Input;
using Streams.Host.Commands;
using Streams.Host.Output;

namespace Streams.Host.Running;

/// <summary>Audit logs: their events are admitted at the time at which they occurred.</summary>
internal sealed class LogInputSource(AuditLogReader reader) : InputSource
{
    /// <inheritdoc/>
    public override RunFigures Figures
    {
        get
        {
            LogStatistics read = reader.Statistics;
            return new RunFigures
            {
                Records = read.Records,
                Events = read.Events,
                Torn = read.Torn,
                Late = read.Late,
                Repeated = read.Repeated,
                Ahead = read.Ahead,
                Faulty = read.Faults.Counters,
                BadLines = [.. read.BadLines.Select(bad => new Output.BadLines(bad.Kind.Name(), bad.Count, bad.Kind.Remedy()))],
                Skipped = [.. read.Skipped.Select(file => $"{file.Path} {file.Why}")],
            };
        }
    }

    /// <inheritdoc/>
    public override FaultLog? Faults => reader.Statistics.Faults;

    /// <inheritdoc/>
    public override (long Read, long Total, long Records) Progress =>
        (reader.Statistics.BytesRead, reader.Statistics.BytesTotal ?? 0, reader.Statistics.Records);

    /// <inheritdoc/>
    public override bool Run(Action<InputRecord> work, Action idle, CancellationToken stop) =>
        LogRun.Run(reader, work, idle, stop);

    /// <inheritdoc/>
    public override int Report() => FileMessages.Report(reader.Statistics);
}
