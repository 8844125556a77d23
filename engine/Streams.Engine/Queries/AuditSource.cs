using Streams.Engine.Shards;
using Streams.Events;
using Streams.Events.Tables;

namespace Streams.Engine;

/// <summary>
/// The events of kernel audit. Each of its members asks only for its own kinds of events, so that a query costs nothing on the others.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Performance", "CA1822",
    Justification = "Queries read audit.Syscalls(…), like its properties.")]
public sealed class AuditSource : IObservable<AuditEvent>
{
    private readonly RoutedSource _everyAudit = new(Route.Audit, null);

    private AuditSource()
    {
        Executions = Calls(static e => e.Succeeded, "execve", "execveat");
        Connections = Calls(null, "connect");
        Binds = Calls(null, "bind");
        Listens = Calls(null, "listen");
        Accepts = Calls(null, "accept", "accept4");
        FileChanges = Calls(
            static e => e.Succeeded && (!e.Call.Opens || e.Call.OpensToWrite),
            "open", "openat", "openat2", "open_by_handle_at", "creat", "truncate", "truncate64", "ftruncate", "ftruncate64",
            "rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat", "unlink", "unlinkat",
            "rmdir", "mkdir", "mkdirat", "mknod", "mknodat",
            "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "chown32", "fchown", "fchown32", "lchown", "lchown32", "fchownat",
            "setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr");
    }

    internal static AuditSource Instance { get; } = new();

    /// <summary>Everything that a host has sent, of any kind, heartbeats included.</summary>
    public IObservable<Event> All { get; } = new KindSource<Event>(null);

    /// <summary>Programs that were started: execve and execveat that succeeded.</summary>
    public IObservable<AuditEvent> Executions { get; }

    /// <summary>connect, whatever came of it.</summary>
    public IObservable<AuditEvent> Connections { get; }

    /// <summary>bind, whatever came of it.</summary>
    public IObservable<AuditEvent> Binds { get; }

    /// <summary>listen, whatever came of it.</summary>
    public IObservable<AuditEvent> Listens { get; }

    /// <summary>accept and accept4, whatever came of it.</summary>
    public IObservable<AuditEvent> Accepts { get; }

    /// <summary>
    /// Calls that changed something about a file: opened to write, created, renamed, linked, removed, its mode, owner or attributes set.
    /// Only those that succeeded. What is written later through a descriptor is no record of its own.
    /// </summary>
    public IObservable<AuditEvent> FileChanges { get; }

    /// <summary>System calls by name, whatever came of them.</summary>
    /// <exception cref="ArgumentException">No architecture has a call of that name.</exception>
    public IObservable<AuditEvent> Syscalls(params string[] names) => Calls(null, names);

    /// <summary>Events that have a record of one of these types: <c>Records("USER_LOGIN", "USER_AUTH")</c>.</summary>
    /// <exception cref="ArgumentException">There is no such type.</exception>
    public IObservable<AuditEvent> Records(params string[] types) => Records(Array.ConvertAll(types, RouteNames.Record));

    /// <summary>Events that have a record of one of these types.</summary>
    public IObservable<AuditEvent> Records(params RecordType[] types) =>
        new RoutedSource(new Route(EventKind.Audit, [], [.. types.Distinct()]), null);

    /// <inheritdoc/>
    public IDisposable Subscribe(IObserver<AuditEvent> observer) => _everyAudit.Subscribe(observer);

    private static RoutedSource Calls(Func<AuditEvent, bool>? filter, params string[] names) => RouteNames.Syscalls(filter, names);
}

/// <summary>Audit events of one route.</summary>
internal sealed class RoutedSource(Route route, Func<AuditEvent, bool>? filter) : IObservable<AuditEvent>
{
    public IDisposable Subscribe(IObserver<AuditEvent> observer)
    {
        (Shard shard, QueryRun run) = AtWork();
        run.Definition.Reads(new QuerySource(route.Kind, Array.ConvertAll(route.Syscalls, Syscalls.Name), route.Records, []));
        var slot = new AuditSlot(shard, run, route, observer, filter);
        shard.RouterOf(run).Add(slot);
        return slot;
    }

    public static (Shard Shard, QueryRun Run) AtWork()
    {
        Shard shard = Shard.Current;
        return (shard, shard.Run ?? throw new InvalidOperationException(
            "A source was subscribed outside a query: return it from From(audit => …)."));
    }
}
