using Streams.Engine.Shards;

namespace Streams.Engine;

/// <summary>
/// An operator with a written name. Its state belongs to the operator, not to a subscription, and so survives when its query is started
/// again after a fault. However often it is subscribed, it reads its source once.
/// </summary>
internal abstract class NamedOperator<TOut> : INamedOperator, IObservable<TOut>
{
    private IObserver<TOut>[] _observers = [];
    private IDisposable? _connection;

    protected NamedOperator(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Shard = Shard.Current;
        Run = Shard.Run ?? throw new InvalidOperationException(
            $"Operator \"{name}\" stands outside a query: use it in From(audit => …).");
        Name = name;
        if (!Run.IsComposing)
        {
            throw new InvalidOperationException(
                $"Operator \"{name}\" is made while the query runs, in PerHost or SelectMany, where its state could not be found again: " +
                "use it directly in From(…); it sees each host apart already.");
        }

        Run.Register(this);
    }

    public string Name { get; }

    public abstract long Held { get; }

    public long CapsHit { get; protected set; }

    public virtual TimeSpan Learns => TimeSpan.Zero;

    public QueryRun Run { get; }

    protected Shard Shard { get; }

    /// <summary>The host of the event being delivered, or the fleet.</summary>
    protected Scope Scope => Shard.ScopeOf(Run);

    public IDisposable Subscribe(IObserver<TOut> observer)
    {
        _observers = [.. _observers, observer];
        if (_observers.Length == 1) _connection = Connect();
        return new Subscription(this, observer);
    }

    public void CountCap()
    {
        CapsHit++;
        Run.Figures.CapsHit++;
    }

    /// <summary>
    /// When and where an element occurred, for an operator that decides by the watermark; false for one that arrives too late, because the
    /// watermark had passed it. What was kept back until now, by an operator that waits for the watermark or by one of Rx, is not late: it
    /// counts as of the watermark, the earliest time that is not decided yet.
    /// </summary>
    protected bool Arrives<T>(T value, Scope scope, out Moment moment)
    {
        moment = Moment.Of(value, Shard);
        long watermark = scope.Watermark;
        if (moment.Occurred > watermark) return true;
        if (Shard.IsTimer) moment = moment with { Occurred = watermark };
        else if (Shard.Event is { } delivered && Shard.TimeOf(delivered) <= watermark) return false;
        else moment = moment with { Occurred = watermark + 1 };
        return true;
    }

    protected void CountLate() => Run.Figures.Late++;

    protected abstract IDisposable Connect();

    protected void Say(TOut said)
    {
        if (Shard.IsTimer && said is Episode episode) Shard.TimerSubject = episode.Trigger.Host;
        foreach (IObserver<TOut> observer in _observers) observer.OnNext(said);
    }

    protected void Fail(Exception exception)
    {
        foreach (IObserver<TOut> observer in Reset()) observer.OnError(exception);
    }

    protected void Complete()
    {
        foreach (IObserver<TOut> observer in Reset()) observer.OnCompleted();
    }

    private IObserver<TOut>[] Reset()
    {
        IObserver<TOut>[] observers = _observers;
        _observers = [];
        _connection?.Dispose();
        _connection = null;
        return observers;
    }

    private void Leave(IObserver<TOut> observer)
    {
        _observers = Array.FindAll(_observers, o => o != observer);
        if (_observers.Length > 0) return;
        _connection?.Dispose();
        _connection = null;
    }

    private sealed class Subscription(NamedOperator<TOut> of, IObserver<TOut> observer) : IDisposable
    {
        public void Dispose() => of.Leave(observer);
    }
}

/// <summary>
/// An operator with a written name and one source. Where that is what another operator says, an episode counts once: when it starts.
/// </summary>
internal abstract class NamedOperator<TIn, TOut>(string name, IObservable<TIn> source) : NamedOperator<TOut>(name), IObserver<TIn>
{
    public void OnNext(TIn value)
    {
        if (value is Episode { Status: not Events.AlertStatus.Start }) return;
        On(value);
    }

    public void OnError(Exception error) => Fail(error);

    public void OnCompleted() => Complete();

    protected abstract void On(TIn value);

    protected override IDisposable Connect() => source.Subscribe(this);
}
