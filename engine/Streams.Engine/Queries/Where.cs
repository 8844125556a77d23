using System.Reactive.Linq;
using Streams.Engine.QueryStrings;
using Streams.Engine.Shards;
using Streams.Events;
using Streams.Events.Tables;

namespace Streams.Engine;

/// <summary><c>.Where("auditd.result:fail")</c>: a query string in place of a lambda.</summary>
public static class WhereOperator
{
    /// <summary>
    /// Lets through the events that match a query string in Lucene's syntax, over the field names that Kibana shows. Directly on the
    /// events of audit, what the text says of system calls and record types also becomes the route.
    /// </summary>
    /// <exception cref="QueryStringException">The text is no query; the message says where.</exception>
    public static IObservable<T> Where<T>(this IObservable<T> source, string query) where T : Event
    {
        ArgumentNullException.ThrowIfNull(source);
        QueryString parsed = QueryString.Parse(query);
        Func<Event, bool> matches = parsed.Compile();
        if (source is AuditSource && RouteOf(parsed) is { } route)
            return (IObservable<T>)(object)new RoutedSource(route, matches);
        return source.Where(e => matches(e));
    }

    // A name that no table knows matches nothing that the tables name, yet may stand in a document: then there is no route.
    private static Route? RouteOf(QueryString query)
    {
        if (query.RequiredSyscalls is { } calls)
        {
            ushort[] ids = Array.ConvertAll([.. calls], static call => Syscalls.TryFind(call, out ushort id) ? id : SyscallId.None);
            return ids.Length == 0 || Array.IndexOf(ids, SyscallId.None) >= 0 ? null : new Route(EventKind.Audit, ids, []);
        }

        if (query.RequiredRecordTypes is not { Count: > 0 } names) return null;
        var types = new List<RecordType>();
        foreach (string name in names)
        {
            if (!RecordTypes.TryParse(System.Text.Encoding.UTF8.GetBytes(name.ToUpperInvariant()), out RecordType type)) return null;
            types.Add(type);
        }

        return new Route(EventKind.Audit, [], [.. types]);
    }
}
