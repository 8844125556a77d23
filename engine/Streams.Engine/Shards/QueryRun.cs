namespace Streams.Engine.Shards;

/// <summary>One query on one shard: its operators with their state, its subscription, and how often it has failed.</summary>
internal sealed class QueryRun(QueryDefinition definition, Shard shard)
{
    private readonly Dictionary<string, INamedOperator> _operators = new(StringComparer.Ordinal);
    private readonly Dictionary<int, int> _faults = [];
    private readonly HashSet<int> _quarantined = [];
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

    public bool IsQuarantinedFor(Scope? scope) =>
        _quarantined.Count > 0 && (_quarantined.Contains(0) || (scope is not null && _quarantined.Contains(scope.Index)));

    /// <summary>Counts a fault of a host, in a fleet query of the whole; true when it was one too many.</summary>
    public bool CountFault(Scope? scope)
    {
        Figures.Faults++;
        int index = IsFleet || scope is null ? 0 : scope.Index;
        int faults = _faults.GetValueOrDefault(index) + 1;
        _faults[index] = faults;
        if (faults <= Retries) return false;
        _quarantined.Add(index);
        Figures.Quarantined++;
        return true;
    }

    /// <summary>Puts it in quarantine for every host.</summary>
    public void Quarantine()
    {
        Unsubscribe();
        if (_quarantined.Add(0) && (IsFleet || Shard.Index == 0)) Figures.Quarantined++;
    }

    /// <summary>Lets it out of every quarantine; it has to be subscribed again.</summary>
    public void Release()
    {
        Figures.Quarantined = 0;
        _quarantined.Clear();
        _faults.Clear();
    }

    /// <summary>Whether its timers fire without end at one time; the clock would never move on.</summary>
    public bool SpinsAt(long ticks)
    {
        if (ticks != _instant) (_instant, _firedInInstant) = (ticks, 0);
        return ++_firedInInstant > TimersAnInstant;
    }

    /// <summary>How often a query is started again before it is put in quarantine.</summary>
    public const int Retries = 3;

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
}
