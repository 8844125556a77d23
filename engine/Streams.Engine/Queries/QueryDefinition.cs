using Streams.Engine.Shards;
using Streams.Events;

namespace Streams.Engine;

/// <summary>A query as a script has registered it. Each shard composes it once.</summary>
public sealed class QueryDefinition
{
    private readonly Dictionary<string, QuerySource> _sources = new(StringComparer.Ordinal);

    internal QueryDefinition(string name, Severity severity, string description)
    {
        Name = name;
        Severity = severity;
        Description = description;
    }

    /// <summary>The name, <c>rule.name</c> in an alert.</summary>
    public string Name { get; }

    /// <summary>How bad it is when the query is right.</summary>
    public Severity Severity { get; }

    /// <summary>What it looks for, in a sentence.</summary>
    public string Description { get; }

    /// <summary>ATT&amp;CK technique ids.</summary>
    public IReadOnlyList<string> Techniques { get; internal set; } = [];

    /// <summary>The audit rules that a host needs for it, as auditctl takes them.</summary>
    public IReadOnlyList<string> Rules { get; internal set; } = [];

    /// <summary>Whether it says that it keeps state which is lost when it starts again after a fault.</summary>
    public bool IsVolatile { get; internal set; }

    /// <summary>The script it stands in; null when it was composed in a program.</summary>
    public string? File { get; internal set; }

    /// <summary>The line of <c>Query(…)</c> there, from 1 on.</summary>
    public int Line { get; internal set; }

    /// <summary>What it reads; known once an engine has taken input for it.</summary>
    public IReadOnlyList<QuerySource> Sources
    {
        get
        {
            lock (_sources) return [.. _sources.Values];
        }
    }

    internal Func<QueryRun, Func<IDisposable>> Compose { get; set; } = null!;

    // Each shard composes it, and again after a fault.
    internal void Reads(QuerySource source)
    {
        string key = $"{source.Kind} {string.Join(',', source.Syscalls)} {string.Join(',', source.Records)} "
            + string.Join(',', source.Actions);
        lock (_sources) _sources.TryAdd(key, source);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
