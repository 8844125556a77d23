using Streams.Audit;
using Streams.Engine;
using Streams.Events.Input;
using Streams.Host.CommandLine;
using Streams.Host.Commands;
using Streams.Host.Output;

namespace Streams.Host.Running;

/// <summary>How a replay runs.</summary>
internal sealed record ReplayOptions
{
    /// <summary>Whether alerts are printed as JSON.</summary>
    public bool Json { get; init; }

    /// <summary>See <see cref="EngineOptions.Learn"/>.</summary>
    public TimeSpan? Learn { get; init; }

    /// <summary>See <see cref="EngineOptions.Shards"/>.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>See <see cref="EngineOptions.Lateness"/>.</summary>
    public TimeSpan Lateness { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>Runs queries over logs and prints their alerts.</summary>
internal sealed class Replay : IDisposable
{
    private readonly AuditLogReader _reader;
    private readonly QueryEngine _engine;
    private readonly StandardOutput _output = new();
    private readonly CancellationTokenSource _failed = new();
    private readonly AlertOutput _alerts;
    private readonly QueryNotices _notices;

    /// <summary>Composes the queries.</summary>
    public Replay(AuditLogReader reader, IReadOnlyList<QueryDefinition> queries, ReplayOptions options)
    {
        _reader = reader;
        LogStatistics read = reader.Statistics;
        var progress = new Progress(
            (elapsed, columns) => ProgressLine.Render(read.BytesRead, read.BytesTotal ?? 0, read.Records, elapsed, columns), TimeSpan.FromMilliseconds(100));
        _alerts = new AlertOutput(_output, options.Json, progress, _failed.Cancel);
        _notices = new QueryNotices(_alerts.EndProgress);
        var engine = new EngineOptions { Shards = options.Shards, Lateness = options.Lateness, Learn = options.Learn, Notices = _notices.Tell };
        _engine = new QueryEngine(engine, queries, _alerts.Write);
    }

    /// <summary>Runs to the end of the logs, or until a signal or a failing output stops it.</summary>
    /// <returns>The exit code.</returns>
    public int Run(out RunFigures figures)
    {
        using var signals = new StopSignals();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(signals.Token, _failed.Token);
        bool ended = LogRun.Run(
            _reader,
            batch =>
            {
                _engine.Admit(new Batch(batch));
                _alerts.Draw();
            },
            _alerts.Flush,
            stop.Token);
        _engine.Complete();
        _alerts.Flush();
        _alerts.EndProgress();
        // Ctrl-C also ends whoever writes to our standard input, which then may end before we hear of the signal.
        ended &= !stop.IsCancellationRequested;

        figures = Figures(interrupted: !ended);
        int code = FileMessages.Report(_reader.Statistics);
        if (_alerts.Failure is BrokenPipeException) return ExitCode.BrokenPipe;
        if (_alerts.Failure is { } failure)
        {
            Console.Error.WriteLine($"streams: {failure.Message}");
            return ExitCode.Error;
        }

        if (!ended) return signals.ExitCode;
        return _notices.HasFaults ? ExitCode.Error : code;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _engine.Dispose();
        _output.Dispose();
        _failed.Dispose();
    }

    private RunFigures Figures(bool interrupted)
    {
        LogStatistics read = _reader.Statistics;
        EngineStatistics run = _engine.Statistics;
        return new RunFigures
        {
            Records = read.Records,
            Events = read.Events,
            Torn = read.Torn,
            Late = read.Late,
            BadLines = [.. read.BadLines.Select(bad => new Output.BadLines(bad.Kind.Name(), bad.Count, bad.Kind.Remedy()))],
            Skipped = [.. read.Skipped.Select(file => $"{file} does not begin like an audit log")],
            Alerts = [.. run.Queries.Select(query => KeyValuePair.Create(query.Key, query.Value.Alerts))],
            Open = run.OpenAlerts,
            Interrupted = interrupted,
        };
    }
}
