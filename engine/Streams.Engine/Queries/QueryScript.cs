using System.Reactive.Concurrency;
using System.Runtime.CompilerServices;
using Streams.Engine.Shards;
using Streams.Events;

namespace Streams.Engine;

/// <summary>What a query script sees: its public members are in scope in a <c>.csx</c>.</summary>
public class QueryScript
{
    private readonly List<QueryDefinition> _queries = [];

    /// <summary>The queries that the script has registered, in its order.</summary>
    public IReadOnlyList<QueryDefinition> Queries => _queries;

    /// <summary>
    /// The shard's clock, for the operators of Rx that take time: <c>.Throttle(Seconds(5), Clock)</c>. It moves with the input, live as
    /// in replay.
    /// </summary>
    public static IScheduler Clock => ScriptClock.Instance;

    /// <summary>Begins a query.</summary>
    /// <param name="name">
    /// Lower-case letters, digits and hyphens; it stays the same for ever, since alerts and state are found by it.
    /// </param>
    /// <param name="severity">How bad it is when the query is right.</param>
    /// <param name="description">What it looks for, in a sentence.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ArgumentException">The name is not one, or the script has used it before.</exception>
    public QueryBuilder Query(
        string name, Severity severity, string description, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            throw new ArgumentException($"\"{name}\" cannot name a query: take lower-case letters, digits and hyphens.", nameof(name));
        if (_queries.Exists(q => q.Name == name))
            throw new ArgumentException($"There is a query \"{name}\" already: take another name.", nameof(name));
        return new QueryBuilder(new QueryDefinition(name, severity, description) { File = file, Line = line }, _queries.Add);
    }

    /// <summary>A time of so many days.</summary>
    public static TimeSpan Days(double days) => TimeSpan.FromDays(days);

    /// <summary>A time of so many hours.</summary>
    public static TimeSpan Hours(double hours) => TimeSpan.FromHours(hours);

    /// <summary>A time of so many minutes.</summary>
    public static TimeSpan Minutes(double minutes) => TimeSpan.FromMinutes(minutes);

    /// <summary>A time of so many seconds.</summary>
    public static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
