using Streams.Events;
using Streams.Events.Input;

namespace Streams.Engine.Shards;

/// <summary>
/// One thread, one clock, one ordered input: it runs the per-host queries over its share of the hosts, and whole fleet queries. While it
/// works it is the current shard of its thread, which is how operators and the scripts' clock find it.
/// </summary>
internal sealed class Shard
{
    [ThreadStatic] private static Shard? _current;

    private readonly Router _hostRouter = new();
    private readonly Router _fleetRouter = new();
    private readonly List<QueryRun> _runs = [];
    private readonly List<QueryRun> _restarts = [];
    private readonly FleetScope _fleet;
    private readonly long _lateness;
    private HostScope?[] _hosts = new HostScope?[16];
    private bool _hasFleet;
    private long _said;
    private long _clock;
    private bool _isEvent;
    private int _step;
    private long _due;

    // Odd while the shard is at work.
    private long _turn;
    private int _thread;

    public Shard(int index, EngineOptions options)
    {
        Index = index;
        Options = options;
        _lateness = options.Lateness.Ticks;
        Clock = new ShardClock(this);
        _fleet = new FleetScope(this);
    }

    /// <summary>The shard at work on this thread.</summary>
    /// <exception cref="InvalidOperationException">There is none: the caller is not inside a query.</exception>
    public static Shard Current => _current ?? throw new InvalidOperationException(
        "No shard is at work here. Operators and Clock belong inside a query: Query(…).From(audit => …).");

    public static Shard? CurrentOrNone => _current;

    public int Index { get; }

    public EngineOptions Options { get; }

    public ShardClock Clock { get; }

    /// <summary>The query at work.</summary>
    public QueryRun? Run { get; private set; }

    /// <summary>The event being delivered, or on whose behalf a timer was set.</summary>
    public Event? Event { get; private set; }

    /// <summary>The host of that event.</summary>
    public HostScope? Host { get; private set; }

    /// <summary>The position of the event being delivered in the admitted order; -1 while a timer fires.</summary>
    public long Position { get; private set; } = -1;

    /// <summary>How many events of its hosts have arrived after the watermark had passed them.</summary>
    public long Late { get; private set; }

    /// <summary>How long this process, or the intake of a collector, was down so far.</summary>
    public Downtimes Downtimes { get; } = new();

    public IReadOnlyList<QueryRun> Runs => _runs;

    /// <summary>What it is doing at this moment; read from any thread.</summary>
    public ShardActivity Activity
    {
        get
        {
            long turn = Volatile.Read(ref _turn);
            return new ShardActivity(Index, turn, turn % 2 == 1 ? Run?.Definition : null, Volatile.Read(ref _thread));
        }
    }

    /// <summary>What was said since it was last taken.</summary>
    public List<Saying> Sayings { get; } = [];

    public Router RouterOf(QueryRun run) => run.IsFleet ? _fleetRouter : _hostRouter;

    public Scope ScopeOf(QueryRun run) =>
        run.IsFleet ? _fleet : Host ?? throw new InvalidOperationException("No event is being delivered.");

    /// <summary>Composes the queries; those of the fleet stay on the one shard that is theirs.</summary>
    public void Compose(IReadOnlyList<QueryDefinition> queries, int shards)
    {
        Shard? before = _current;
        _current = this;
        try
        {
            foreach (QueryDefinition query in queries)
            {
                var run = new QueryRun(query, this);
                Run = run;
                run.Compose();
                if (run.IsFleet && StableHash.Of(query.Name) % (uint)shards != (uint)Index) continue;
                _runs.Add(run);
                _hasFleet |= run.IsFleet;
            }
        }
        finally
        {
            Run = null;
            _current = before;
        }
    }

    /// <summary>Admits part of a batch, or a tick where there are no events: what is not this shard's still moves its clock.</summary>
    public void Process(in Admitted admitted)
    {
        Shard? before = _current;
        _current = this;
        BeginTurn();
        try
        {
            if (admitted.Control is { } control) Apply(control);
            ReadOnlySpan<Event> events = admitted.Events.Span;
            for (int i = 0; i < events.Length; i++)
            {
                if (i % Ahead == 0) Approach(admitted, events.Slice(i, Math.Min(Ahead, events.Length - i)), i);
                int host = admitted.Hosts[i];
                Accept(events[i], admitted.Clocks[i], host, admitted.Position + i, admitted.ShardOfHost(host) == Index);
            }

            Advance(admitted.Clock);
        }
        finally
        {
            Volatile.Write(ref _turn, _turn + 1);
            _current = before;
        }
    }

    private void BeginTurn()
    {
        if (Options.ThreadNumber is { } number) Volatile.Write(ref _thread, number());
        Volatile.Write(ref _turn, _turn + 1);
    }

    // Events are new to the processor's cache. Here it waits for the memory of many at once; between the queries, for one after the other.
    private void Approach(in Admitted admitted, ReadOnlySpan<Event> events, int first)
    {
        for (int i = 0; i < events.Length; i++)
        {
            if (admitted.ShardOfHost(admitted.Hosts[first + i]) == Index) _hostRouter.Approach(events[i]);
        }
    }

    private void Apply(Control control)
    {
        foreach (QueryRun run in _runs)
        {
            if (run.Definition.Name != control.Query) continue;
            if (control.Action == ControlAction.Quarantine)
            {
                run.Quarantine();
            }
            else
            {
                run.Release();
                if (Clock.Started) Subscribe(run);
            }
        }
    }

    public void Deliver(Slot[] slots, Event e)
    {
        int next = 0;
        while (next < slots.Length)
        {
            // One block for all of them: after a fault it goes on behind the slot that failed.
            try
            {
                HostScope? host = Host;
                while (next < slots.Length)
                {
                    Slot slot = slots[next++];
                    if (slot.IsOff || slot.Run.IsQuarantinedFor(host)) continue;
                    Run = slot.Run;
                    slot.OnNext(e);
                }
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                Fault(slots[next - 1].Run, exception);
            }
        }
    }

    public void DeliverOnce(Slot[] slots, Event e)
    {
        bool again = false;
        foreach (Slot slot in slots) again |= slot.LastPosition == Position;
        if (!again)
        {
            foreach (Slot slot in slots) slot.LastPosition = Position;
            Deliver(slots, e);
            return;
        }

        foreach (Slot slot in slots)
        {
            if (slot.LastPosition == Position) continue;
            slot.LastPosition = Position;
            Deliver([slot], e);
        }
    }

    public void FireClock(ClockTimer timer, long due)
    {
        QueryRun? run = timer.Run;
        if (run is not null && run.IsQuarantinedFor(run.IsFleet ? null : timer.Host)) return;
        (QueryRun? Run, HostScope? Host, Event? Event) before = (Run, Host, Event);
        (Run, Host, Event) = (run, timer.Host, timer.Cause);
        if (!_isEvent) (_clock, Position, _step) = (Clock.Ticks, -1, 0);
        _due = due;
        try
        {
            if (run is not null && run.SpinsAt(due))
                throw new InvalidOperationException($"More than {QueryRun.TimersAnInstant} timers at one time: give the timer a period.");
            timer.Fire(due);
        }
        catch (Exception exception) when (run is not null && exception is not OutOfMemoryException)
        {
            Fault(run, exception);
        }
        finally
        {
            (Run, Host, Event) = before;
            _due = 0;
        }

        if (!_isEvent) Restart();
    }

    public void FireWatermark(Scope scope, IDueTarget target, long due)
    {
        QueryRun run = target.Run!;
        if (run.IsQuarantinedFor(scope)) return;
        Run = run;
        _due = due;
        try
        {
            target.Fire(due);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Fault(run, exception);
        }
        finally
        {
            _due = 0;
        }
    }

    /// <summary>A query has failed at what it is doing: it is started again after this step, or put in quarantine for this host.</summary>
    public void Fault(QueryRun run, Exception exception, bool restart = true) => Fault(run, run.IsFleet ? null : Host, exception, restart);

    private void Fault(QueryRun run, HostScope? host, Exception exception, bool restart)
    {
        bool quarantined = run.CountFault(host);
        if (quarantined && host is null) run.Unsubscribe();
        else if (restart && !run.NeedsRestart)
        {
            run.NeedsRestart = true;
            _restarts.Add(run);
        }

        Say(run, "", null, new QueryNotice(
            run.Definition.Name, host?.Name, quarantined ? QueryNoticeKind.Quarantined : QueryNoticeKind.Fault, Event?.Id, exception));
    }

    public void Say(QueryRun run, string key, Alert? alert, QueryNotice? notice = null) => Sayings.Add(new Saying
    {
        Clock = _clock,
        Position = Position,
        Step = _step,
        Due = _due,
        Query = run.Definition.Name,
        Key = key,
        Host = run.IsFleet ? "" : Host?.Name ?? "",
        Number = _said++,
        Alert = alert,
        Notice = notice,
    });

    private void Accept(Event e, long clock, int hostIndex, long position, bool own)
    {
        if (!Clock.Started) Start(clock);
        if (e is Outage outage)
        {
            // Timers that were due while the process was still up fire first; what would have been due during the outage is put off.
            Advance(Math.Min(outage.From.UtcTicks, clock));
            Downtimes.Add(outage, Clock.Ticks, clock);
        }

        Advance(clock);
        if (!own && !_hasFleet) return;

        HostScope host = HostOf(hostIndex, e.Host);
        (_isEvent, _clock, Position, _step) = (true, clock, position, 1);
        Host = host;
        host.Begin(e.OccurredTicks);
        // Of a collector that is down nothing comes any more up to then: the others need not wait for it.
        long watermark = e is Outage { Collector: Outage.Process } ? host.Watermark : host.NewestAfter(e) - _lateness;
        if (own && e.OccurredTicks <= host.Watermark) Late++;
        if (watermark > host.Watermark) host.Advance(watermark);
        if (_hasFleet) AdvanceFleet(host, e, clock);

        (Event, _step) = (e, 2);
        if (own) _hostRouter.Deliver(this, e);
        if (_hasFleet) _fleetRouter.Deliver(this, e);

        // What the event made due at once belongs to it, however the input is cut after it.
        _step = 3;
        Clock.AdvanceTo(clock);
        Restart();
        (_isEvent, Event, Host, Run) = (false, null, null, null);
    }

    private void AdvanceFleet(HostScope host, Event e, long clock)
    {
        _fleet.Begin(e.OccurredTicks);
        host.LastArrival = clock;
        if (!host.IsWatched)
        {
            host.IsWatched = true;
            host.IsIdle = false;
            Clock.Arm(clock + IdleAfter, new IdleWatch(this, host));
        }

        _fleet.Moved(host);
    }

    private void Advance(long clock)
    {
        if (clock <= Clock.Ticks) return;
        if (!Clock.Started) Start(clock);
        Clock.AdvanceTo(clock);
    }

    // Queries are subscribed when the clock has its first time, so that a timer of a query counts from there.
    private void Start(long clock)
    {
        Clock.Start(clock);
        _clock = clock;
        foreach (QueryRun run in _runs)
        {
            if (!run.IsQuarantinedFor(null)) Subscribe(run);
        }

        Clock.AdvanceTo(clock);
        Restart();
    }

    private void Restart()
    {
        while (_restarts.Count > 0)
        {
            QueryRun[] runs = [.. _restarts];
            _restarts.Clear();
            foreach (QueryRun run in runs) Subscribe(run);
        }
    }

    private void Subscribe(QueryRun run)
    {
        Run = run;
        try
        {
            run.Subscribe();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Fault(run, null, exception, restart: true);
        }
        finally
        {
            Run = null;
        }
    }

    private HostScope HostOf(int index, string name)
    {
        if (index >= _hosts.Length) Array.Resize(ref _hosts, Math.Max(index + 1, _hosts.Length * 2));
        return _hosts[index] ??= new HostScope(this, index, name);
    }

    // Enough to keep all of a core's loads in flight, and few enough to find them in its first cache afterwards.
    private const int Ahead = 64;

    private const long IdleAfter = 30 * TimeSpan.TicksPerSecond;

    private sealed class IdleWatch(Shard shard, HostScope host) : IDueTarget
    {
        public QueryRun? Run => null;

        public void Fire(long due)
        {
            long idleAt = host.LastArrival + IdleAfter;
            if (idleAt > due)
            {
                shard.Clock.Arm(idleAt, this);
                return;
            }

            host.IsIdle = true;
            host.IsWatched = false;
            shard._fleet.Left(host);
        }
    }
}
