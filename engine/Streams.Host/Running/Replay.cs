using Streams.Engine;
using Streams.Events;
using Streams.Host.CommandLine;
using Streams.Host.Output;

namespace Streams.Host.Running;

/// <summary>Runs queries over logs, or over the recording of a live run, and prints their alerts.</summary>
internal sealed class Replay : IDisposable
{
    private readonly InputSource _source;
    private readonly QueryEngine _engine;
    private readonly StandardOutput _output = new();
    private readonly CancellationTokenSource _failed = new();
    private readonly Progress _progress;
    private readonly AlertOutput _alerts;
    private readonly QueryNotices _notices;
    private readonly FaultLog _faults = new();
    private readonly RunOptions _options;
    private bool _isAbandoned;

    /// <summary>Composes the queries.</summary>
    public Replay(InputSource source, IReadOnlyList<QueryDefinition> queries, RunOptions options)
    {
        _source = source;
        _options = options;
        _progress = new Progress(
            (elapsed, columns) =>
            {
                (long read, long total, long records) = source.Progress;
                return ProgressLine.Render(read, total, records, elapsed, columns);
            },
            TimeSpan.FromMilliseconds(100));
        _alerts = new AlertOutput(_output, options.Json, _progress, _failed.Cancel, _faults);
        _notices = new QueryNotices(options.QueriesFolder, Report);
        _engine = new QueryEngine(options.Engine(_notices, _faults), queries, _alerts.Write);
    }

    /// <summary>Runs to the end of the logs, or until a signal or a failing output stops it.</summary>
    /// <returns>The exit code.</returns>
    public int Run(out RunFigures figures)
    {
        using var signals = new StopSignals();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(signals.Token, _failed.Token);
        using var watcher = new QueryWatcher(() => _engine.Activity, _options.QueriesFolder, Report);
        bool ended = false;
        var work = new Work("replay", () => ended = Read(stop.Token));
        WaitHandle.WaitAny([work.Ended.WaitHandle, stop.Token.WaitHandle]);
        IReadOnlyList<QueryDefinition>? stuck =
            new StopPatience(() => _engine.Activity).Wait(work.Join, () => stop.IsCancellationRequested ? StopPatience.ForRun : null);
        _isAbandoned = stuck is not null;
        // Who does not end and is in no query is held up by whoever should read the output.
        if (stuck is not { Count: 0 }) _alerts.Flush();
        _progress.Clear();
        if (stuck is not null)
        {
            foreach (string line in StopPatience.Describe(stuck, _options.QueriesFolder))
                Report($"streams: {TerminalText.Escape(line, 1000)}");
        }

        // Ctrl-C also ends whoever writes to our standard input, which then may end before we hear of the signal.
        ended &= !stop.IsCancellationRequested;

        FaultLines.Report(Report, _source.Faults, _faults);
        figures = Figures(interrupted: !ended);
        int code = _source.Report();
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
        // Work that was left behind still uses them.
        if (_isAbandoned) return;
        _engine.Dispose();
        _output.Dispose();
        _failed.Dispose();
    }

    private bool Read(CancellationToken stop)
    {
        bool ended = _source.Run(
            entry =>
            {
                _engine.Admit(entry);
                _progress.Draw();
            },
            _alerts.Flush,
            stop);
        _engine.Complete();
        return ended;
    }

    private void Report(string line) => _progress.Without(() => Console.Error.WriteLine(line));

    private RunFigures Figures(bool interrupted)
    {
        RunFigures figures = _source.Figures with { Interrupted = interrupted };
        figures = figures with { Faulty = [.. figures.Faulty, .. _faults.Counters] };
        try
        {
            EngineStatistics run = _engine.Statistics;
            return figures with
            {
                Alerts = [.. run.Queries.Select(query => KeyValuePair.Create(query.Key, query.Value.Alerts))],
                Open = run.OpenAlerts,
            };
        }
        catch (InvalidOperationException) when (_isAbandoned)
        {
            // A query that was left behind changes what is counted.
            return figures;
        }
    }
}
