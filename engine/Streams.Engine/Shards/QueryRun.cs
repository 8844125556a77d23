namespace Streams.Engine.Shards;

/// <summary>One query on one shard: its operators with their state, its subscription, and how often it has failed.</summary>
internal sealed class QueryRun(QueryDefinition definition, Shard shard)
{
    private readonly Dictionary<string, INamedOperator> _operators = new(StringComparer.Ordinal);
    private readonly List<(Scope Scope, IDueTarget Target, Deadline Deadline)> _heldTargets = [];
    private readonly List<(ClockTimer Timer, Deadline Deadline)> _heldTimers = [];
    private IDisposable? _subscription;
    private Func<IDisposable>? _subscribe;
    private long _instant;
    private int _firedInInstant;

    public QueryDefinition Definition { get; } = definition;

    public Shard Shard { get; } = shard;

    /// <summary>Whether it sees all hosts as one. Known when composition is over.</summary>
    public bool IsFleet { get; private set; }

    /// <summary>Whether it is being composed: only then may operators be made.</summary>
    public bool IsComposing { get; private set; }

    public bool NeedsRestart { get; set; }

    public QueryFigures Figures { get; } = new();

    public IReadOnlyCollection<INamedOperator> Operators => _operators.Values;

    public void Compose()
    {
        IsComposing = true;
        try
        {
            _subscribe = Definition.Compose(this);
        }
        finally
        {
            IsComposing = false;
        }
    }

    public void BeFleet() => IsFleet = true;

    public void Register(INamedOperator added)
    {
        if (!_operators.TryAdd(added.Name, added))
        {
            throw new InvalidOperationException(
                $"Query \"{Definition.Name}\" has two operators named \"{added.Name}\". " +
                "The name finds an operator's state again, so each needs its own.");
        }
    }

    public void Subscribe()
    {
        NeedsRestart = false;
        _subscription?.Dispose();
        _subscription = null;
        _subscription = _subscribe!();
    }

    public void Unsubscribe()
    {
        _subscription?.Dispose();
        _subscription = null;
    }

    /// <summary>For which hosts it is in quarantine, and was.</summary>
    public Quarantine Quarantine { get; } = new();

    /// <summary>Counts a fault of a host, or of none that is known; true when it was one too many.</summary>
    public bool CountFault(HostScope? host)
    {
        Figures.Faults++;
        if (!Quarantine.CountFault(host?.Index ?? Quarantine.AllHosts, Shard.Clock.Ticks)) return false;
        Figures.Quarantined++;
        return true;
    }

    /// <summary>Puts it in quarantine for every host.</summary>
    public void QuarantineForAll()
    {
        Unsubscribe();
        if (Quarantine.Begin(Quarantine.AllHosts, Shard.Clock.Ticks) && (IsFleet || Shard.Index == 0)) Figures.Quarantined++;
    }

    /// <summary>Puts off a timer that is due while the query is in quarantine.</summary>
    public void Hold(Scope scope, IDueTarget target, Deadline deadline) => _heldTargets.Add((scope, target, deadline));

    /// <inheritdoc cref="Hold(Scope, IDueTarget, Deadline)"/>
    public void Hold(ClockTimer timer, Deadline deadline) => _heldTimers.Add((timer, deadline));

    /// <summary>Ends every quarantine. Where it was one for all hosts, the query has to be subscribed again.</summary>
    public void Release()
    {
        Figures.Quarantined = 0;
        Quarantine.End(Shard.Clock.Ticks);
    }

    /// <summary>Fires the timers that were put off.</summary>
    public void FireHeld()
    {
        (Scope Scope, IDueTarget Target, Deadline Deadline)[] targets = [.. _heldTargets];
        (ClockTimer Timer, Deadline Deadline)[] timers = [.. _heldTimers];
        _heldTargets.Clear();
        _heldTimers.Clear();
        foreach ((Scope scope, IDueTarget target, Deadline deadline) in targets) scope.ArmAgain(target, deadline);
        foreach ((Scope scope, _, _) in targets) scope.FireDue();
        foreach ((ClockTimer timer, Deadline deadline) in timers) Shard.Clock.ArmAgain(timer, deadline);
        Shard.Clock.AdvanceTo(Shard.Clock.Ticks);
    }

    /// <summary>Whether its timers fire without end at one time; the clock would never move on.</summary>
    public bool SpinsAt(long ticks)
    {
        if (ticks != _instant) (_instant, _firedInInstant) = (ticks, 0);
        return ++_firedInInstant > TimersAnInstant;
    }

    /// <summary>How many timers of one query may fire at one time of the clock.</summary>
    public const int TimersAnInstant = 1_000_000;
}

/// <summary>An operator with a written name.</summary>
internal interface INamedOperator
{
    string Name { get; }

    /// <summary>How many keys, terms or partial matches it holds.</summary>
    long Held { get; }

    /// <summary>How often something had no room.</summary>
    long CapsHit { get; }

    /// <summary>How long it says nothing after the first event of its scope, because it learns; zero for most.</summary>
    TimeSpan Learns { get; }
}

/// <summary>What is counted for a query on a shard.</summary>
internal sealed class QueryFigures
{
    public long Alerts;
    public long Open;
    public long Faults;
    public long Quarantined;
    public long CapsHit;
    public long Late;
}
