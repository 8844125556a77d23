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
    private long _processUpFrom = long.MinValue;
    private Event? _admitted;
    private long _time;

    // Odd while the shard is at work.
    private long _turn;
    private int _thread;

    public Shard(int index, EngineOptions options)
    {
        Index = index;
        Options = options;
        _lateness = options.Lateness.Ticks;
        Clock = new ShardClock(this);
        _fleet = new FleetScope(this, _lateness);
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

    /// <summary>Whether a timer fires, and no event is being delivered.</summary>
    public bool IsTimer { get; private set; }

    /// <summary>The host that a timer of a fleet query is about to report; null when that is not known.</summary>
    public string? TimerSubject { get; set; }

    /// <summary>The host that what is being delivered is about: of the event, or of what a timer of a fleet query reports.</summary>
    public HostScope? SubjectHost => Host ?? (TimerSubject is { } name ? HostOf(name) : null);

    /// <summary>How many events of its hosts have arrived after the watermark had passed them.</summary>
    public long Late { get; private set; }

    /// <summary>Ticks in which the process was down that admits the input, and heard nobody.</summary>
    public long ProcessDowntime { get; private set; }

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

    /// <summary>When an event counts as having occurred: no later than a minute after its admission.</summary>
    public long TimeOf(Event e) =>
        ReferenceEquals(e, _admitted) ? _time : Math.Min(e.OccurredTicks, Clock.Ticks + Batch.MaxAhead.Ticks);

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
            int next = admitted.Control is null ? 0 : BeforeEvents;
            while (next <= admitted.Events.Length)
            {
                // One block for all of them: after a fault it continues behind the event that failed.
                try
                {
                    ProcessFrom(admitted, ref next);
                }
                catch (Exception exception) when (EventFaults.IsContained(exception))
                {
                    Abandon(admitted, next - 1, exception);
                }
            }
        }
        finally
        {
            Volatile.Write(ref _turn, _turn + 1);
            _current = before;
        }
    }

    // What stands before the first event, the events, and the clock behind the last one count as a step each.
    private void ProcessFrom(in Admitted admitted, ref int next)
    {
        ReadOnlySpan<Event> events = admitted.Events.Span;
        if (next == BeforeEvents)
        {
            next = 0;
            Apply(admitted.Control!);
        }

        while (next < events.Length)
        {
            int i = next++;
            if (i % Ahead == 0) Approach(admitted, events.Slice(i, Math.Min(Ahead, events.Length - i)), i);
            int host = admitted.Hosts[i];
            bool own = admitted.ShardOfHost(host) == Index;
            if (events[i].Kind == EventKind.Outage) Count((Outage)events[i], admitted, i, own);
            Accept(events[i], admitted, i, own);
        }

        next++;
        Advance(admitted.Clock);
    }

    // The event is where it is: what has not seen it will not. At the clock there is none.
    private void Abandon(in Admitted admitted, int index, Exception exception)
    {
        (_isEvent, Event, Host, Run, _admitted) = (false, null, null, null, null);
        (IsTimer, TimerSubject, _due) = (false, null, 0);
        if (index < 0 || index >= admitted.Events.Length)
        {
            Options.Faults.Add(EventFault.Deliver, exception);
            return;
        }

        Event e = admitted.Events.Span[index];
        e.Fail(EventFault.Deliver, exception);
        TakeFault(e);
    }

    // What was found while it was read; what its collector had found has been counted there.
    private void TakeFault(Event e)
    {
        EventFault fault = e.TakeFault(out Exception? error);
        if (fault != EventFault.None) Options.Faults.Add(fault, e, error);
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
            if (control.Action == ControlAction.Quarantine) run.QuarantineForAll();
            else Release(run);
        }
    }

    private void Release(QueryRun run)
    {
        bool isUnsubscribed = run.Quarantine.IsForAll;
        run.Release();
        if (!Clock.Started) return;
        (_clock, Position, _step) = (Clock.Ticks, -1, 0);
        if (isUnsubscribed) Subscribe(run);
        run.FireHeld();
        Restart();
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
                    if (slot.IsOff || slot.Run.Quarantine.Holds(host)) continue;
                    Run = slot.Run;
                    slot.OnNext(e);
                }
            }
            catch (Exception exception) when (EventFaults.IsContained(exception))
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

    public void FireClock(ClockTimer timer, Deadline deadline)
    {
        QueryRun? run = timer.Run;
        if (run is not null && run.Quarantine.Holds(run.IsFleet ? null : timer.Host))
        {
            run.Hold(timer, deadline);
            return;
        }

        (QueryRun? Run, HostScope? Host, Event? Event) before = (Run, Host, Event);
        (Run, Host, Event) = (run, timer.Host, timer.Cause);
        if (!_isEvent) (_clock, Position, _step) = (Clock.Ticks, -1, 0);
        _due = deadline.Due;
        IsTimer = true;
        try
        {
            if (run is not null && run.SpinsAt(deadline.Due))
                throw new InvalidOperationException($"More than {QueryRun.TimersAnInstant} timers at one time: give the timer a period.");
            timer.Fire(deadline.Due);
        }
        catch (Exception exception) when (run is not null && EventFaults.IsContained(exception))
        {
            Fault(run, exception);
        }
        finally
        {
            (Run, Host, Event) = before;
            _due = 0;
            (IsTimer, TimerSubject) = (false, null);
        }

        if (!_isEvent) Restart();
    }

    public void FireWatermark(Scope scope, IDueTarget target, Deadline deadline)
    {
        QueryRun run = target.Run!;
        if (run.Quarantine.Holds(scope))
        {
            run.Hold(scope, target, deadline);
            return;
        }

        HostScope? before = Host;
        Host = scope as HostScope;
        Run = run;
        _due = deadline.Due;
        IsTimer = true;
        try
        {
            target.Fire(deadline.Due);
        }
        catch (Exception exception) when (EventFaults.IsContained(exception))
        {
            Fault(run, exception);
        }
        finally
        {
            Host = before;
            _due = 0;
            (IsTimer, TimerSubject) = (false, null);
        }
    }

    /// <summary>A query has failed at what it is doing: it is started again after this step, or put in quarantine for this host.</summary>
    /// <param name="run">The query.</param>
    /// <param name="exception">What was thrown.</param>
    /// <param name="restart">Whether its subscription has ended and it has to be started again.</param>
    /// <param name="subject">The host that the element was about at which it failed, where that is known.</param>
    public void Fault(QueryRun run, Exception exception, bool restart = true, string? subject = null) =>
        Fault(run, Blamed(run, subject), exception, restart);

    // The host of the event being delivered; of a timer in a fleet query, the host that it was going to report.
    private HostScope? Blamed(QueryRun run, string? subject)
    {
        if (!run.IsFleet || !IsTimer) return Host;
        subject ??= TimerSubject;
        return subject is null ? Host : HostOf(subject);
    }

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

    private void Count(Outage outage, in Admitted admitted, int place, bool own)
    {
        long clock = admitted.Clocks[place];
        if (!Clock.Started) Start(clock);

        // Timers that were due before the outage fire first; what would have been due while it lasted is put off.
        Advance(Math.Min(outage.From.UtcTicks, clock));
        if (outage.Collector == Outage.Process && admitted.IsOwn)
        {
            ProcessDowntime += Math.Max(0, clock - Math.Max(Clock.Ticks, outage.From.UtcTicks));
            _processUpFrom = clock;
        }
        else if (own || _hasFleet)
        {
            HostOf(admitted.Hosts[place], outage.Host).Downtimes.Add(outage, _processUpFrom, clock);
        }
    }

    private void Accept(Event e, in Admitted admitted, int place, bool own)
    {
        long clock = admitted.Clocks[place];
        if (!Clock.Started) Start(clock);
        Advance(clock);
        if (!own && !_hasFleet) return;

        HostScope host = HostOf(admitted.Hosts[place], e.Host);
        long time = admitted.Times is { } times ? times[place] : e.OccurredTicks;
        (_isEvent, _clock, Position, _step) = (true, clock, admitted.Position + place, 1);
        (Host, _admitted, _time) = (host, e, time);

        // What a process reports of itself says nothing about how far its collectors have come. Of a collector that is down nothing comes
        // any more up to then: the others need not wait for it.
        if (e.Kind == EventKind.Audit || e.Collector != Outage.Process)
        {
            host.Take(e.Collector, time, admitted.IsLive ? clock : null, isAhead: time != e.OccurredTicks);
            if (own && time <= host.Watermark) Late++;
            if (_hasFleet) Arrived(host, clock);
            Advance(host);

            // A query whose timer has failed misses nothing of the event.
            Restart();
        }

        (Event, _step) = (e, 2);
        if (own) _hostRouter.Deliver(this, e);
        if (_hasFleet) _fleetRouter.Deliver(this, e);

        // What the event made due at once belongs to it, however the input is cut after it.
        _step = 3;
        Clock.AdvanceTo(clock);
        Restart();
        (_isEvent, Event, Host, Run, _admitted) = (false, null, null, null, null);
        if (e.Fault != EventFault.None) TakeFault(e);
    }

    /// <summary>Moves the watermarks on, as far as is known of a host.</summary>
    public void Advance(HostScope host)
    {
        if (host.Newest == long.MinValue) return;
        host.Begin(host.Newest);
        if (host.Newest - _lateness > host.Watermark) host.Advance(host.Newest - _lateness);
        if (!_hasFleet) return;
        _fleet.Begin(host.FirstOccurred);
        if (!host.IsIdle) _fleet.Moved(host, Clock.Ticks);
    }

    private void Arrived(HostScope host, long clock)
    {
        host.LastArrival = clock;
        if (!host.IsWatched)
        {
            host.IsWatched = true;
            host.IsIdle = false;
            Clock.Arm(clock + IdleAfter, new IdleWatch(this, host));
        }
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
            if (!run.Quarantine.IsForAll) Subscribe(run);
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

    // On behalf of no event: what it starts belongs to no host.
    private void Subscribe(QueryRun run)
    {
        (HostScope? Host, Event? Event) before = (Host, Event);
        (Run, Host, Event) = (run, null, null);
        try
        {
            run.Subscribe();
        }
        catch (Exception exception) when (EventFaults.IsContained(exception))
        {
            Fault(run, null, exception, restart: true);
        }
        finally
        {
            (Run, Host, Event) = (null, before.Host, before.Event);
        }
    }

    private HostScope? HostOf(string name) => Array.Find(_hosts, host => host?.Name == name);

    private HostScope HostOf(int index, string name)
    {
        if (index >= _hosts.Length) Array.Resize(ref _hosts, Math.Max(index + 1, _hosts.Length * 2));
        return _hosts[index] ??= new HostScope(this, index, name);
    }

    // Enough to keep all of a core's loads in flight, and few enough to find them in its first cache afterwards.
    private const int Ahead = 64;

    // Where the control of a query stands.
    private const int BeforeEvents = -1;

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
