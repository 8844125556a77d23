using Streams.Engine;
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

    /// <summary>Composes the queries.</summary>
    public Replay(InputSource source, IReadOnlyList<QueryDefinition> queries, RunOptions options)
    {
        _source = source;
        _progress = new Progress(
            (elapsed, columns) =>
            {
                (long read, long total, long records) = source.Progress;
                return ProgressLine.Render(read, total, records, elapsed, columns);
            },
            TimeSpan.FromMilliseconds(100));
        _alerts = new AlertOutput(_output, options.Json, _progress, _failed.Cancel);
        _notices = new QueryNotices(options.QueriesFolder, line => _progress.Without(() => Console.Error.WriteLine(line)));
        _engine = new QueryEngine(options.Engine(_notices), queries, _alerts.Write);
    }

    /// <summary>Runs to the end of the logs, or until a signal or a failing output stops it.</summary>
    /// <returns>The exit code.</returns>
    public int Run(out RunFigures figures)
    {
        using var signals = new StopSignals();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(signals.Token, _failed.Token);
        bool ended = _source.Run(
            entry =>
            {
                _engine.Admit(entry);
                _progress.Draw();
            },
            _alerts.Flush,
            stop.Token);
        _engine.Complete();
        _alerts.Flush();
        _progress.Clear();
        // Ctrl-C also ends whoever writes to our standard input, which then may end before we hear of the signal.
        ended &= !stop.IsCancellationRequested;

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
        _engine.Dispose();
        _output.Dispose();
        _failed.Dispose();
    }

    private RunFigures Figures(bool interrupted)
    {
        EngineStatistics run = _engine.Statistics;
        return _source.Figures with
        {
            Alerts = [.. run.Queries.Select(query => KeyValuePair.Create(query.Key, query.Value.Alerts))],
            Open = run.OpenAlerts,
            Interrupted = interrupted,
        };
    }
}
