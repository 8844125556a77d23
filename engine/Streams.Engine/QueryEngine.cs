using Streams.Engine.Shards;
using Streams.Events;
using Streams.Events.Input;

namespace Streams.Engine;

/// <summary>
/// Runs queries over one admitted order of input. The same input gives the same alerts in the same order, whatever the number of shards,
/// however events are cut into batches, and however many ticks there are between. It is not safe for several threads at once.
/// </summary>
public sealed class QueryEngine : IDisposable
{
    private readonly EngineOptions _options;
    private readonly Action<Alert> _alerts;
    private readonly Shard[] _shards;
    private readonly ShardThreads? _threads;
    private readonly Dictionary<string, int> _hosts = new(StringComparer.Ordinal);
    private ushort[] _shardsOfHosts = new ushort[16];
    private string? _lastHost;
    private int _lastHostIndex;
    private long _hostsBeyondCap;
    private long _clock = long.MinValue;
    private long _position;
    private volatile int _sayingThread;

    /// <summary>Composes the queries.</summary>
    /// <param name="options">How to run.</param>
    /// <param name="queries">The queries; their names must differ.</param>
    /// <param name="alerts">
    /// Takes each transition of an alert, in order: (clock time, timers before events, event position, query, key). Called on one thread
    /// at a time: that of <see cref="Admit(InputRecord)"/> with one shard, one of the engine's own with several. It must not call back.
    /// </param>
    /// <exception cref="InvalidOperationException">A query cannot be composed; the message says why.</exception>
    public QueryEngine(EngineOptions options, IReadOnlyList<QueryDefinition> queries, Action<Alert> alerts)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(alerts);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Shards, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Shards, 1024, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Lateness, TimeSpan.Zero, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxHosts, 1, nameof(options));
        if (queries.GroupBy(q => q.Name).FirstOrDefault(g => g.Skip(1).Any()) is { } twice)
            throw new InvalidOperationException($"Two queries are named \"{twice.Key}\": rename one of them.");
        _options = options;
        _alerts = alerts;
        _shards = [.. Enumerable.Range(0, options.Shards).Select(i => new Shard(i, options))];
        foreach (Shard shard in _shards) shard.Compose(queries, options.Shards);
        if (_shards.Length > 1) _threads = new ShardThreads(_shards, Say);
    }

    /// <summary>What was counted so far.</summary>
    public EngineStatistics Statistics => new(
        _position,
        _hosts.Count,
        _hostsBeyondCap,
        _shards.Sum(s => s.Late),
        new SortedList<string, QueryStatistics>(
            _shards.SelectMany(s => s.Runs).GroupBy(r => r.Definition.Name).ToDictionary(g => g.Key, Sum), StringComparer.Ordinal))
    {
        Faulty = _options.Faults.Counters,
    };

    /// <summary>What each shard is doing at this moment. May be read from any thread, also while a query does not return.</summary>
    public IReadOnlyList<ShardActivity> Activity => [.. _shards.Select(shard => shard.Activity)];

    /// <summary>
    /// How long each query that learns says nothing, counted from the first event of its host, in a fleet query of the fleet; those that
    /// do not learn are left out.
    /// </summary>
    public IReadOnlyDictionary<string, TimeSpan> Learning => new SortedList<string, TimeSpan>(
        _shards.SelectMany(s => s.Runs)
            .GroupBy(r => r.Definition.Name)
            .Select(g => (g.Key, Learns: g.SelectMany(r => r.Operators).Select(o => o.Learns).DefaultIfEmpty().Max()))
            .Where(q => q.Learns > TimeSpan.Zero)
            .ToDictionary(q => q.Key, q => q.Learns),
        StringComparer.Ordinal);

    /// <summary>Takes the next entry of the input.</summary>
    /// <exception cref="InvalidOperationException">It was called from within the alerts it gives out.</exception>
    public void Admit(InputRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (_sayingThread == Environment.CurrentManagedThreadId)
        {
            throw new InvalidOperationException(
                "The engine was given input while it was giving out alerts: put it into the input instead.");
        }
        Admitted admitted = record switch
        {
            Batch batch => Admit(batch),
            Tick tick => AdmitTick(tick.Time.UtcTicks),
            Control control => new Admitted(default, [], [], _shardsOfHosts, _position, _clock, control),
            _ => throw new ArgumentException($"{record.GetType().Name} is no input that this engine knows.", nameof(record)),
        };
        if (_threads is not null)
        {
            _threads.Process(admitted);
            return;
        }

        Shard shard = _shards[0];
        shard.Process(admitted);
        if (shard.Sayings.Count == 0) return;
        shard.Sayings.Sort();
        try
        {
            Say(shard.Sayings);
        }
        finally
        {
            shard.Sayings.Clear();
        }
    }

    /// <summary>
    /// The input is at its end: returns when all of it has been processed and all alerts are given out. What is open stays open.
    /// </summary>
    public void Complete() => _threads?.Drain();

    /// <inheritdoc/>
    public void Dispose() => _threads?.Dispose();

    private Admitted Admit(Batch batch)
    {
        ReadOnlySpan<Event> events = batch.Events.Span;
        long[] clocks = new long[events.Length];
        int[] hosts = new int[events.Length];
        long[]? times = null;
        bool isLive = batch.Admitted is not null;
        if (isLive) _clock = Math.Max(_clock, batch.Admitted!.Value.UtcTicks);
        long latest = Math.Min(batch.Latest?.UtcTicks ?? long.MaxValue, isLive ? _clock + Batch.MaxAhead.Ticks : long.MaxValue);
        for (int i = 0; i < events.Length; i++)
        {
            Event e = events[i];
            long occurred = e.OccurredTicks;
            if (occurred > latest) (times ??= Times(events))[i] = occurred = latest;
            if (!isLive && occurred > _clock) _clock = occurred;
            clocks[i] = _clock;
            hosts[i] = HostOf(e.Host);
        }

        var admitted = new Admitted(batch.Events, clocks, hosts, _shardsOfHosts, _position, _clock)
        {
            IsOwn = batch.IsOwn,
            IsLive = isLive,
            Times = times,
        };
        _position += events.Length;
        return admitted;
    }

    private static long[] Times(ReadOnlySpan<Event> events)
    {
        long[] times = new long[events.Length];
        for (int i = 0; i < times.Length; i++) times[i] = events[i].OccurredTicks;
        return times;
    }

    private Admitted AdmitTick(long time)
    {
        _clock = Math.Max(_clock, time);
        return new Admitted(default, [], [], _shardsOfHosts, _position, _clock);
    }

    private int HostOf(string host)
    {
        if (ReferenceEquals(host, _lastHost)) return _lastHostIndex;
        if (!_hosts.TryGetValue(host, out int index))
        {
            if (_hosts.Count >= _options.MaxHosts)
            {
                _hostsBeyondCap++;
                index = _options.MaxHosts + 1;
            }
            else
            {
                index = _hosts.Count + 1;
                _hosts.Add(host, index);
            }

            // Shards may still read the old array.
            if (index >= _shardsOfHosts.Length) Array.Resize(ref _shardsOfHosts, Math.Max(index + 1, _shardsOfHosts.Length * 2));
            _shardsOfHosts[index] = index > _options.MaxHosts ? (ushort)0 : (ushort)(StableHash.Of(host) % (uint)_shards.Length);
        }

        (_lastHost, _lastHostIndex) = (host, index);
        return index;
    }

    private void Say(List<Saying> sayings)
    {
        _sayingThread = Environment.CurrentManagedThreadId;
        try
        {
            foreach (Saying saying in sayings)
            {
                if (saying.Alert is not null) _alerts(saying.Alert);
                else _options.Notices?.Invoke(saying.Notice!);
            }
        }
        finally
        {
            _sayingThread = 0;
        }
    }

    private static QueryStatistics Sum(IEnumerable<QueryRun> runs)
    {
        var sum = new QueryStatistics(0, 0, 0, 0, 0, 0, 0);
        foreach (QueryRun run in runs)
        {
            sum = new QueryStatistics(
                sum.Alerts + run.Figures.Alerts,
                sum.OpenAlerts + run.Figures.Open,
                sum.Faults + run.Figures.Faults,
                sum.Quarantined + run.Figures.Quarantined,
                sum.CapsHit + run.Figures.CapsHit,
                sum.Held + run.Operators.Sum(o => o.Held),
                sum.Late + run.Figures.Late);
        }

        return sum;
    }
}
