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
        return new RoutedSource(new Route(EventKind.Audit, Array.ConvertAll([.. names.Distinct()], Syscall), []), filter);
    }

    public static RecordType Record(string name) => RecordTypes.TryParse(Encoding.UTF8.GetBytes(name), out RecordType type)
        ? type
        : throw new ArgumentException(
            $"\"{name}\" is not an audit record type; {Remedy(name, RecordTypes.All.Select(RecordTypes.Name), "USER_LOGIN")}",
            nameof(name));

    private static ushort Syscall(string name) => Events.Tables.Syscalls.TryFind(name, out ushort id)
        ? id
        : throw new ArgumentException(
            $"\"{name}\" is not a system call of any architecture; {Remedy(name, Events.Tables.Syscalls.All, "openat")}", nameof(name));

    private static string Remedy(string name, IEnumerable<string> known, string example) => Nearest.To(name, known) is { } meant
        ? $"did you mean {meant}?"
        : $"write it as the log does, for instance {example}";
}
