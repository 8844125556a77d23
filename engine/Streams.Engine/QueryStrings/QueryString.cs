using Streams.Events;

namespace Streams.Engine.QueryStrings;

/// <summary>
/// A Lucene query over the fields of a document, as Kibana's Lucene mode and Elasticsearch's <c>query_string</c> read it:
/// <c>auditd.result:fail AND auditd.data.op:PAM*</c>. What differs from Elasticsearch is listed in docs/query-strings.md.
/// Immutable, and safe to use from several threads.
/// </summary>
public sealed class QueryString
{
    private readonly Expression _expression;

    private QueryString(Expression expression)
    {
        _expression = expression;
        var fields = new List<Field>();
        expression.CollectFields(fields);
        Fields = fields;
        RequiredSyscalls = RequiredNames.Of(expression, RequiredNames.Syscall);
        RequiredRecordTypes = RequiredNames.Of(expression, RequiredNames.RecordType);
    }

    /// <summary>The fields that the query names, each once, in the order in which they first appear. No other field is read.</summary>
    public IReadOnlyCollection<Field> Fields { get; }

    /// <summary>
    /// Names of system calls, as written in the query, of which every matching event has one in <c>auditd.data.syscall</c>;
    /// null when the query does not bind the system call. What has none of them need not be shown to the query.
    /// </summary>
    public IReadOnlySet<string>? RequiredSyscalls { get; }

    /// <summary>
    /// Names of record types, as written in the query (documents have them in lower case: <c>user_auth</c>), of which every matching
    /// event has one in <c>auditd.message_type</c>; null when the query does not bind the record type.
    /// </summary>
    public IReadOnlySet<string>? RequiredRecordTypes { get; }

    /// <summary>
    /// Fields, system calls and record types that the query names, that nothing is called, and what each is near to: probably misspelt.
    /// </summary>
    public IReadOnlyList<(string Name, string Meant)> Doubts => Misspellings.In(_expression);

    /// <summary>The known field that a name is near to; null when the field is known, or near to none.</summary>
    public static string? MeantBy(Field field) => Misspellings.MeantBy(field);

    /// <summary>Reads a query.</summary>
    /// <param name="text">The query; at most <see cref="QueryParser.MaxLength"/> characters.</param>
    /// <exception cref="QueryStringException">The query is malformed, or uses what is not supported; says where, and what to write
    /// instead.</exception>
    public static QueryString Parse(string text) => new(QueryParser.Parse(text));

    /// <summary>Reads a query and makes the delegate that answers whether an event matches.</summary>
    /// <exception cref="QueryStringException">As of <see cref="Parse"/>.</exception>
    public static Func<Event, bool> Compile(string text) => Parse(text).Compile();

    /// <summary>
    /// Makes the delegate that answers whether an event matches. It reads only <see cref="Fields"/>, stops at the first clause that
    /// decides, allocates nothing of its own, never throws for what an event holds, and takes time linear in a value's length.
    /// </summary>
    public Func<Event, bool> Compile() => Predicate.Of(_expression).Matches;

    /// <summary>The canonical form: one spelling for queries of the same structure. It reads as the same query, also in
    /// Elasticsearch.</summary>
    public override string ToString() => _expression.ToString();
}
