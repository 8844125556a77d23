using Streams.Events;

namespace Streams.Engine;

/// <summary>A query that is being written: what it is about.</summary>
public sealed class QueryBuilder
{
    private readonly Action<QueryDefinition> _register;

    internal QueryBuilder(QueryDefinition definition, Action<QueryDefinition> register)
    {
        Definition = definition;
        _register = register;
    }

    internal QueryDefinition Definition { get; }

    /// <summary>Names the ATT&amp;CK techniques that it detects, for instance <c>T1059.004</c>.</summary>
    public QueryBuilder Attack(params string[] techniques)
    {
        Definition.Techniques = [.. Definition.Techniques, .. techniques];
        return this;
    }

    /// <summary>Names the audit rules that a host needs, as auditctl takes them: <c>-a always,exit -F arch=b64 -S execve</c>.</summary>
    public QueryBuilder Rules(params string[] auditRules)
    {
        Definition.Rules = [.. Definition.Rules, .. auditRules];
        return this;
    }

    /// <summary>Says that it keeps state in operators of Rx, which is lost after a fault of the query.</summary>
    public QueryBuilder Volatile()
    {
        Definition.IsVolatile = true;
        return this;
    }

    /// <summary>Says what to look for in the events of audit. Called once a shard, and must compose the same each time.</summary>
    public QueryBuilder<T> From<T>(Func<AuditSource, IObservable<T>> compose)
    {
        ArgumentNullException.ThrowIfNull(compose);
        return new QueryBuilder<T>(this, () => compose(AuditSource.Instance));
    }

    /// <summary>The same, with the events of the file-integrity watcher beside those of audit.</summary>
    public QueryBuilder<T> From<T>(Func<AuditSource, FileSource, IObservable<T>> compose)
    {
        ArgumentNullException.ThrowIfNull(compose);
        return new QueryBuilder<T>(this, () => compose(AuditSource.Instance, FileSource.Instance));
    }

    /// <summary>The same, with what the collectors tell of the host and of themselves beside both.</summary>
    public QueryBuilder<T> From<T>(Func<AuditSource, FileSource, HostSource, IObservable<T>> compose)
    {
        ArgumentNullException.ThrowIfNull(compose);
        return new QueryBuilder<T>(this, () => compose(AuditSource.Instance, FileSource.Instance, HostSource.Instance));
    }

    internal void Register() => _register(Definition);
}

/// <summary>A query that is being written: what its alerts say.</summary>
/// <typeparam name="T">What it finds: events, or what an operator says.</typeparam>
public sealed class QueryBuilder<T>
{
    private readonly QueryBuilder _query;
    private readonly Func<IObservable<T>> _compose;

    internal QueryBuilder(QueryBuilder query, Func<IObservable<T>> compose)
    {
        _query = query;
        _compose = compose;
    }

    /// <summary>
    /// Makes alerts of what was found, and registers the query. What an operator says (<see cref="Episode"/>) starts, updates and ends
    /// one alert; anything else is an alert of its own, with the event being delivered as its trigger and evidence.
    /// </summary>
    /// <param name="message">What a person reads. When it throws, the query is at fault.</param>
    /// <param name="key">What the alert is about, where that is not the operator's key.</param>
    /// <param name="attack">
    /// Which of the techniques that <see cref="QueryBuilder.Attack"/> names apply to this alert; without it, all of them.
    /// </param>
    /// <param name="severity">How bad this alert is, where that depends on what was found; without it, the query's severity.</param>
    public void Alert(
        Func<T, string> message,
        Func<T, string>? key = null,
        Func<T, IReadOnlyList<string>>? attack = null,
        Func<T, Severity>? severity = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        Func<IObservable<T>> compose = _compose;
        var fields = new AlertFields<T>(message, key, attack, severity);
        _query.Definition.Compose = run =>
        {
            IObservable<T> found = compose()
                ?? throw new InvalidOperationException($"Query \"{run.Definition.Name}\": From(…) gave null.");
            var alerts = new AlertWriter<T>(run, fields);
            return () => found.Subscribe(alerts.Observe());
        };
        _query.Register();
    }
}
