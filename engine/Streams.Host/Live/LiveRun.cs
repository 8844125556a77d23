using Streams.Audit.Netlink;
using Streams.Engine;
using Streams.Events;
using Streams.Events.Input;
using Streams.Host.CommandLine;
using Streams.Host.Configuration;
using Streams.Host.Output;
using Streams.Host.Running;
using Streams.Notify;

namespace Streams.Host.Live;

/// <summary>How a live run runs.</summary>
internal sealed record LiveOptions : RunOptions
{
    /// <summary>How long to run; null is until somebody stops it.</summary>
    public TimeSpan? For { get; init; }

    /// <summary>The name of this host, for what the run itself has to tell.</summary>
    public required string Host { get; init; }

    /// <summary>The file of the figures; null for none.</summary>
    public StatsFile? Stats { get; init; }

    /// <summary>What keeps the input; null for nothing. It is disposed with the run.</summary>
    public IInputWriter? Record { get; init; }

    /// <summary>Where alerts go beside standard output. They are disposed with the run.</summary>
    public IReadOnlyList<INotifier> Notifiers { get; init; } = [];

    /// <summary>The path of the control socket.</summary>
    public required string Control { get; init; }

    /// <summary>The folder where a run leaves that it is alive; null for none.</summary>
    public string? State { get; init; }

    /// <summary>Where metrics are to be had.</summary>
    public MetricsSettings Metrics { get; init; } = new();

    /// <summary>What of the configuration cannot be watched at all: whether it is a fault, and a sentence.</summary>
    public IReadOnlyList<CollectorCondition> Conditions { get; init; } = [];

    /// <summary>The mistakes of queries that therefore do not run.</summary>
    public IReadOnlyList<string> NotCompiled { get; init; } = [];

    /// <summary>The queries that cannot fire here, and why.</summary>
    public IReadOnlyList<(string Query, string Reason)> CannotFire { get; init; } = [];
}

/// <summary>
/// Collectors in, alerts out, until it is stopped. One thread at a time admits: it stamps what the collectors hand over and gives it to the
/// engine; once a second it looks after the figures. Alerts go out on threads of their own.
/// </summary>
internal sealed class LiveRun : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyList<ICollector> _collectors;
    private readonly int _queries;
    private readonly LiveOptions _options;
    private readonly LiveInput _input;
    private readonly AdmissionClock _clock;
    private readonly QueryEngine _engine;
    private readonly StandardOutput _output = new();
    private readonly OperatorLines _lines;
    private readonly Progress _progress;
    private readonly AlertOutput _alerts;
    private readonly AlertQueues _queues;
    private readonly Acknowledgements _acknowledgements;
    private readonly CancellationTokenSource _failed = new();
    private readonly QueryNotices _notices;
    private readonly FaultLog _faults = new(EventFault.Decode, EventFault.Document, EventFault.Deliver);
    private readonly WallClockWatch _wallClock;
    private readonly ClockSkewWatch _skews = new();
    private readonly DateTimeOffset _started;
    private readonly FigureHistory _figures = new();
    private readonly CollectorStates _states;
    private readonly IReadOnlyList<(string Query, DateTimeOffset Until)> _learning;
    private Exception? _failure;
    private volatile bool _isBroken;
    private bool _isAbandoned;
    private ulong _gaps;
    private string? _recordFailure;
    private string? _statsFailure;

    /// <summary>Composes the queries; nothing is watched yet.</summary>
    /// <param name="collectors">What is watched.</param>
    /// <param name="queries">The queries.</param>
    /// <param name="options">How.</param>
    /// <param name="lines">Takes what the operator should know.</param>
    /// <param name="time">The wall clock, and timestamps that never go back.</param>
    public LiveRun(
        IReadOnlyList<ICollector> collectors,
        IReadOnlyList<QueryDefinition> queries,
        LiveOptions options,
        OperatorLines lines,
        TimeProvider time)
    {
        _lines = lines;
        _collectors = collectors;
        _input = new LiveInput(Take, Admitted);
        _states = new CollectorStates(collectors, options.Host);
        _queries = queries.Count;
        _options = options;
        _clock = new AdmissionClock(time);
        _started = _clock.Now;
        _wallClock = new WallClockWatch(options.Host, _clock);
        _lines.Progress = _progress = new Progress(Status, Second);
        _alerts = new AlertOutput(_output, options.Json, _progress, _failed.Cancel, _faults);
        _acknowledgements = new Acknowledgements(collectors);
        _queues = new AlertQueues(_alerts, options.Notifiers, time, Tell, _acknowledgements.Written);
        _notices = new QueryNotices(options.QueriesFolder, lines.Add);
        _engine = new QueryEngine(options.Engine(_notices, _faults), queries, Say);
        HashSet<string> silent = [.. options.CannotFire.Select(query => query.Query)];
        _learning = [.. _engine.Learning.Where(q => !silent.Contains(q.Key)).Select(q => (q.Key, _started + q.Value))];
    }

    /// <summary>Runs until a signal, the time, a failing output or the end of all collectors stops it.</summary>
    /// <returns>The exit code.</returns>
    public int Run()
    {
        using var signals = new StopSignals();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(signals.Token, _failed.Token);
        if (_options.For is { } duration) stop.CancelAfter(duration);
        foreach (string line in StartLine.Render(_queries, _options.NotCompiled.Count, _learning, _options.CannotFire)) Tell(line);
        using var watcher = new QueryWatcher(() => _engine.Activity, _options.QueriesFolder, _lines.Add);
        using LiveServices services = LiveServices.Start(_options, _figures, _clock, () => watcher.Descriptions, Tell);
        var admitting = new Work("input", () => AdmitAll(signals.Token));
        List<IDisposable> watching = [];
        using Sensor? sensor = StartSensor();
        _ = DrawEverySecond(stop.Token);
        try
        {
            foreach (ICollector collector in _collectors) watching.Add(_input.Take(collector, Failed));
            using (new Timer(_ => _input.TryAdd(new Tick(_clock.Now)), null, Second, Second)) stop.Token.WaitHandle.WaitOne();
        }
        finally
        {
            Stop(watching, admitting, () => signals.Token.IsCancellationRequested ? StopPatience.ForRun : null);
        }

        if (_figures.Newest is { } last) Tell(StopLine.Render(last));
        if (_failure is not null) return ExitCode.Error;
        sensor?.EndClean();
        if (_alerts.Failure is BrokenPipeException) return ExitCode.BrokenPipe;
        if (_alerts.Failure is { } failure)
        {
            Tell(failure.Message);
            return ExitCode.Error;
        }

        bool isWhole = !TellOfUndelivered() && _states.Ended.Count == 0 && !_isAbandoned;
        return signals.ExitCode != ExitCode.Done || isWhole ? signals.ExitCode : ExitCode.Error;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Queries that were left behind still use it.
        if (!_isAbandoned) _engine.Dispose();
        _queues.Dispose();
        _options.Record?.Dispose();
        _output.Dispose();
        _failed.Dispose();
    }

    // A collector that brings its batch to a query which does not return cannot stop either, so all of it is waited for together.
    private void Stop(IReadOnlyList<IDisposable> watching, Work admitting, Func<TimeSpan?> limit)
    {
        var stopping = new Work("stop", () =>
        {
            Parallel.ForEach(watching, collector => collector.Dispose());
            _input.Complete();
            admitting.Join(Timeout.InfiniteTimeSpan);
        });
        if (new StopPatience(() => _engine.Activity).Wait(stopping.Join, limit) is not { } stuck) return;
        (_isAbandoned, _isBroken) = (true, true);
        foreach (string line in StopPatience.Describe(stuck, _options.QueriesFolder)) Tell(line);
        _queues.Dispose();
        TryCount();
    }

    // What was missed before comes first, so that what could not be heard does not count as silence.
    private Sensor? StartSensor()
    {
        if (_options.State is not { } state) return null;
        var sensor = new Sensor(
            _options.Host, _clock, new AliveFile(state), () => BootClock.Awake,
            events => _input.TryAdd(new Batch(events.ToArray()) { IsOwn = true }), Tell);
        Event[] missed = [.. sensor.Missed(_collectors.OfType<AuditCollector>().Select(collector => collector.Name))];
        if (missed.Length > 0) _input.Add(new Batch(missed) { IsOwn = true });
        sensor.Start();
        return sensor;
    }

    private void AdmitAll(CancellationToken signal)
    {
        _input.AdmitAll();
        Try(() =>
        {
            ReportFaults(all: true);
            _engine.Complete();
            // Who stops it waits for at most two seconds; who does not, wants all that it has found.
            _queues.WaitForOutput(signal);
            _queues.Dispose();

            // What the outputs have failed at since then is for the operator and the recording; no alert goes out any more.
            ReportFaults(all: true);
            EverySecond();
        });
    }

    private void Take(InputRecord record) => Try(() =>
    {
        Admit(Stamped(record));
        if (record is Tick) EverySecond();
    });

    // What goes wrong concerns what was being admitted, and is reported; only without memory the run ends, and what still comes is dropped.
    private void Try(Action step)
    {
        if (_isBroken) return;
        try
        {
            step();
        }
        catch (Exception e) when (EventFaults.IsContained(e))
        {
            _faults.Add(EventFault.Deliver, e);
        }
        catch (Exception e)
        {
            _isBroken = true;
            Tell($"error: the run cannot continue: {FailureText.Of(e)}");
            Fail(e);
        }
    }

    private void Admit(InputRecord record)
    {
        Keep(record);
        _engine.Admit(record);
        if (record is not Batch batch) return;
        _acknowledgements.Seen(batch);
        if (_states.Start(batch)) Tell($"watching {_options.Host} by {string.Join(" and ", _states.Watching)}; Ctrl-C stops");
        if (_skews.Look(batch) is { Length: > 0 } skews) Admit(new Batch(skews, batch.Admitted) { IsOwn = true });
    }

    // A recording that fails keeps nothing from the queries.
    private void Keep(InputRecord record)
    {
        try
        {
            _options.Record?.Write(record);
        }
        catch (Exception error) when (EventFaults.IsContained(error))
        {
            _faults.Add(EventFault.Document, error);
        }
    }

    // Nothing waits any more.
    private void Admitted()
    {
        if (_isBroken) return;
        _options.Record?.Flush();
        _acknowledgements.Settle();
    }

    private void Say(Alert alert)
    {
        try
        {
            _acknowledgements.Said();
            _queues.Add(alert);
        }
        catch (Exception error) when (EventFaults.IsContained(error))
        {
            _faults.Add(EventFault.Deliver, error);
        }
    }

    private InputRecord Stamped(InputRecord record) => record is Batch batch ? batch with { Admitted = _clock.Now } : record;

    // The collectors report what they fail at themselves. A gap is admitted, and so in the recording: its replay does not add one.
    private void ReportFaults(bool all)
    {
        foreach (FaultReport report in _faults.Take((long)_clock.Elapsed.TotalMilliseconds, all))
        {
            Tell(FaultLines.Render(report));
            bool isOwn = report.Collector == Outage.Process;
            DateTimeOffset now = _clock.Now;
            var gap = new Gap(
                isOwn ? _options.Host : report.Host, report.Collector, isOwn ? now : report.From, isOwn ? now : report.To, ++_gaps,
                report.Records, Gap.Faulty, report.Fault);
            Admit(new Batch(new[] { gap }, now) { IsOwn = true });
        }
    }

    private void EverySecond()
    {
        ReportFaults(all: false);
        if (_wallClock.Look() is { } stepped) Admit(new Batch(new[] { stepped }, _clock.Now) { IsOwn = true });
        if (_states.Outages(_clock.Now) is { Length: > 0 } outages) Admit(new Batch(outages, _clock.Now) { IsOwn = true });
        Count();
    }

    // While a query is at work that does not return, what is counted may be about to change.
    private void TryCount()
    {
        try
        {
            Count();
        }
        catch (InvalidOperationException)
        {
            // The figures of the last second stay.
        }
    }

    private void Count()
    {
        TellOfChange(ref _recordFailure, _options.Record?.Failure, "the input is not recorded any more");
        var figures = new LiveFigures
        {
            Elapsed = _clock.Elapsed,
            Started = _started,
            Collectors = LiveFigures.Of(_collectors),
            Starting = _states.Starting,
            Ended = _states.Ended,
            Conditions = _states.Conditions(_options.Conditions),
            NotCompiled = _options.NotCompiled,
            CannotFire = _options.CannotFire,
            Learning = [.. _learning.Where(query => query.Until > _clock.Now)],
            Engine = _engine.Statistics,
            Outputs = Outputs(),
        };
        _figures.Add(figures);
        _options.Stats?.Write(figures);
        TellOfChange(ref _statsFailure, _options.Stats?.Failure, "the figures of --stats are not written any more");
    }

    // Not on the thread that admits: a terminal that is paused takes nothing.
    private async Task DrawEverySecond(CancellationToken stop)
    {
        using var second = new PeriodicTimer(Second);
        try
        {
            while (await second.WaitForNextTickAsync(stop).ConfigureAwait(false)) _progress.Draw();
        }
        catch (OperationCanceledException)
        {
            _progress.Clear();
        }
    }

    private List<(string Name, IReadOnlyList<KeyValuePair<string, long>> Counters)> Outputs()
    {
        List<(string Name, IReadOnlyList<KeyValuePair<string, long>> Counters)> outputs = [.. _queues.Counters];
        if (_options.Record is { } record) outputs.Add(("record", record.Counters));
        return outputs;
    }

    // Once a failure, not once a second.
    private void TellOfChange(ref string? known, string? failure, string what)
    {
        if (failure is not null && known is null) Tell($"error: {what}: {failure}; make room there, and it goes on");
        known = failure;
    }

    private string Status(TimeSpan elapsed, int columns) => _figures.Newest is { } now
        ? StatusLine.Render(_figures.Rate, now.Engine.Events, now.Lost, now.Engine.Alerts, now.Engine.OpenAlerts, elapsed, columns)
        : "";

    // Whether there was anything.
    private bool TellOfUndelivered()
    {
        long unrecorded = Undelivered(_options.Record?.Counters ?? []);
        if (unrecorded > 0)
            Tell(FormattableString.Invariant($"error: the recording lacks {unrecorded:N0} entries that could not be written"));
        string[] lost =
        [
            .. _queues.Counters
                .Select(queue => (queue.Name, Count: Undelivered(queue.Counters)))
                .Where(queue => queue.Count > 0)
                .Select(queue => FormattableString.Invariant($"{queue.Name} {queue.Count:N0}")),
        ];
        if (lost.Length > 0) Tell($"error: alerts were not delivered: {string.Join(", ", lost)}");
        return lost.Length > 0 || unrecorded > 0;
    }

    private static long Undelivered(IReadOnlyList<KeyValuePair<string, long>> counters) =>
        counters.Where(c => c.Key is "dropped" or "failed").Sum(c => c.Value);

    private void Tell(string message) => _lines.Add($"streams: {TerminalText.Escape(message, 2000)}");

    private void Failed(ICollector collector, Exception error)
    {
        Gap gap = _states.End(collector.Name, FailureText.Of(error), _clock.Now);
        string others = string.Join(" and ", _states.Watching);
        Tell($"error: {collector.Name}: {FailureText.Of(error)}{(others.Length > 0 ? $"; the run goes on with {others}" : "")}");
        if (others.Length > 0) _input.Add(new Batch(new[] { gap }));
        else Fail(error);
    }

    private void Fail(Exception error)
    {
        _failure ??= error;
        _failed.Cancel();
    }
}
