using System.Text;
using Streams.Engine.Shards;
using Streams.Events;
using Streams.Events.Tables;

namespace Streams.Engine;

/// <summary>Names in queries to what the router goes by.</summary>
internal static class RouteNames
{
    public static RoutedSource Syscalls(Func<AuditEvent, bool>? filter, params string[] names)
    {
        ArgumentOutOfRangeException.ThrowIfZero(names.Length, nameof(names));
        return new RoutedSource(new Route(EventKind.Audit, [.. names.Select(Syscall).Distinct()], []), filter);
    }

    public static RecordType Record(string name) => RecordTypes.TryParse(Encoding.UTF8.GetBytes(name), out RecordType type)
        ? type
        : throw new ArgumentException(
            $"\"{name}\" is no audit record type; take one as the log writes it, for instance USER_LOGIN.", nameof(name));

    private static ushort Syscall(string name) => Events.Tables.Syscalls.TryFind(name, out ushort id)
        ? id
        : throw new ArgumentException(
            $"\"{name}\" is no system call of any architecture; take a name as in syscalls(2), for instance openat.", nameof(name));
}
