using Streams.Events;
using Streams.Events.Tables;

namespace Streams.Engine;

/// <summary>A network socket that a process holds, and how it came by it.</summary>
/// <param name="Opened">The accept or the connect.</param>
/// <param name="Bound">For an accepted one the bind of its listener, where that was audited.</param>
/// <param name="IsInferred">
/// Whether nobody saw how the socket came to this descriptor: something unknown was put there right after the socket had been opened.
/// </param>
public sealed record NetworkSocket(AuditEvent Opened, AuditEvent? Bound, bool IsInferred = false)
{
    /// <summary>Whether somebody else came to this host, rather than this host going out.</summary>
    public bool IsAccepted => Opened.SyscallId is SyscallId.Accept or SyscallId.Accept4;

    /// <summary>The other end; an accept that did not ask for it leaves it out.</summary>
    public Endpoint Peer => IsAccepted ? Opened.Source : Opened.Destination;
}

/// <summary>A program was executed with a network socket on one of its standard streams.</summary>
public sealed class SocketExecution : Episode<(int Pid, string? Executable)>
{
    /// <summary>The execution.</summary>
    public required AuditEvent Event { get; init; }

    /// <summary>The socket on descriptor 0; null when that is something else.</summary>
    public required NetworkSocket? Input { get; init; }

    /// <summary>The socket on descriptor 1; null when that is something else.</summary>
    public required NetworkSocket? Output { get; init; }

    /// <summary>The socket on descriptor 2; null when that is something else.</summary>
    public required NetworkSocket? Error { get; init; }
}

/// <summary><c>.StandardStreams(…)</c>: what is on the standard streams of a program that is executed.</summary>
public static class StandardStreamsOperator
{
    /// <summary>
    /// The system calls that descriptors are followed through; a source for <see cref="StandardStreams"/> needs all of them.
    /// </summary>
    public static IReadOnlyList<string> Syscalls { get; } =
        ["accept", "accept4", "bind", "connect", "dup", "dup2", "dup3", "fcntl", "fcntl64", "execve", "execveat"];

    /// <summary>
    /// Follows which descriptors of each process are network sockets (IPv4 and IPv6): from accept and connect through dup, dup2, dup3 and
    /// fcntl, into children, and over an execution; and says each execution that has one on descriptor 0, 1 or 2. Goes by the order of
    /// arrival, which is the order in which the calls returned: an accept carries the time at which it began to wait.
    /// </summary>
    /// <remarks>
    /// Closing is not audited, so a number may since stand for something else. To say nothing false, an execution keeps the three standard
    /// descriptors alone, and what is put on a number from an unknown descriptor makes it unknown; but for 0 to 2, when the process or its
    /// parent has opened a network socket less than 5 s before: it then counts as the newest of those, and is marked as inferred. A child
    /// has its parent's descriptors as they are when it is first seen. A process is forgotten an hour after its last call, five minutes
    /// after it when it has no socket, and when there are more than <paramref name="maxProcesses"/> on a host, the one that would be
    /// forgotten first, which is counted.
    /// </remarks>
    /// <param name="source">At least the calls of <see cref="Syscalls"/>.</param>
    /// <param name="name">The operator's name, its own within the query.</param>
    /// <param name="maxProcesses">How many processes with sockets are followed on a host.</param>
    public static IObservable<SocketExecution> StandardStreams(this IObservable<AuditEvent> source, string name, int maxProcesses = 16_384)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxProcesses, 1);
        return new Follower(source, name, maxProcesses);
    }

    private sealed class Follower : NamedOperator<AuditEvent, SocketExecution>, IKeyedOwner<(string, int), Process>
    {
        private static readonly Field Family = Field.Of("auditd.data.socket.family");
        private static readonly long Idle = TimeSpan.FromHours(1).Ticks;
        private static readonly long IdleWithout = TimeSpan.FromMinutes(5).Ticks;
        private readonly Scoped<Descriptors> _hosts;

        public Follower(IObservable<AuditEvent> source, string name, int maxProcesses) : base(name, source) =>
            _hosts = new(scope => new Descriptors(new(this, scope, maxProcesses)));

        public override long Held => _hosts.Held;

        public void OnDue(KeyedState<(string, int), Process> state, Process entry, long due) => state.Remove(entry);

        public void OnEvicted(KeyedState<(string, int), Process> state, Process entry)
        {
        }

        protected override void On(AuditEvent value)
        {
            if (!value.Succeeded || value.Process.Pid is not (> 0 and var pid)) return;
            Descriptors host = _hosts[Scope];
            KeyedState<(string, int), Process> processes = host.Processes;
            long time = Shard.TimeOf(value);
            long now = host.Newest = Math.Max(host.Newest, time);
            Process? process = Of(processes, value, pid, time);
            switch (value.SyscallId)
            {
                case SyscallId.Bind when IsNetwork(value):
                    Put(value.Call.Argument(0), new Descriptor(null, value));
                    break;
                case SyscallId.Accept or SyscallId.Accept4:
                    Descriptor listener = process?[value.Call.Argument(0)] ?? default;
                    bool isNetwork = value.Socket.Exists ? IsNetwork(value) : listener.Bound is not null;
                    Open(Returned(value), isNetwork ? new NetworkSocket(value, listener.Bound) : null);
                    break;
                case SyscallId.Connect:
                    Open(value.Call.Argument(0), IsNetwork(value) ? new NetworkSocket(value, null) : null);
                    break;
                case SyscallId.Dup2 or SyscallId.Dup3:
                    Copy(value.Call.Argument(0), value.Call.Argument(1));
                    break;
                case SyscallId.Dup:
                    Copy(value.Call.Argument(0), Returned(value));
                    break;
                case SyscallId.Fcntl or SyscallId.Fcntl64 when value.Call.Argument(1) is DuplicateFrom or DuplicateFromClosedOnExec:
                    Copy(value.Call.Argument(0), Returned(value));
                    break;
                case SyscallId.Execve or SyscallId.Execveat when process is not null:
                    process.Execute();
                    Tell(value, pid, process);
                    // Forgotten at once, it would have its parent's descriptors again with its next call.
                    if (process.IsEmpty) processes.SetDue(process, time + IdleWithout);
                    break;
            }

            void Open(ulong? number, NetworkSocket? socket)
            {
                Put(number, new Descriptor(socket, null));
                if (socket is not null && process is not null) process.Opened = (socket, now);
            }

            void Copy(ulong? from, ulong? to)
            {
                Descriptor copied = process?[from] ?? default;
                if (copied.IsUnknown && to <= 2)
                {
                    Process? parent = processes.Find((value.Host, value.Process.ParentPid));
                    copied = new Descriptor(Inferred(process, parent, now), null);
                }

                Put(to, copied);
            }

            void Put(ulong? number, Descriptor descriptor)
            {
                if (number is null || (process is null && descriptor.IsUnknown)) return;
                if (process is null) processes.Add(process = new Process((value.Host, pid), value.Process.ParentPid));
                process[number] = descriptor;
                processes.SetDue(process, time + Idle);
            }
        }

        // What was put on a standard stream, by what the process and its parent have opened; null when that was long ago.
        private static NetworkSocket? Inferred(Process? process, Process? parent, long now)
        {
            (NetworkSocket? Socket, long At) own = process?.Opened ?? default, inherited = parent?.Opened ?? default;
            (NetworkSocket? newest, long at) = own.At >= inherited.At ? own : inherited;
            return newest is not null && now - at < InferredWithin ? newest with { IsInferred = true } : null;
        }

        private void Tell(AuditEvent executed, int pid, Process process)
        {
            NetworkSocket? input = process[0].Socket, output = process[1].Socket, error = process[2].Socket;
            if ((input ?? output ?? error) is not { } any) return;
            Say(new SocketExecution
            {
                Key = (pid, executed.Process.Executable),
                Event = executed,
                Input = input,
                Output = output,
                Error = error,
                Host = executed.Host,
                Trigger = executed.Id,
                Timestamp = executed.Occurred,
                At = Shard.TimeOf(executed),
                Started = executed.Occurred,
                Ended = executed.Occurred,
                Evidence = any.Bound is { } bound ? [bound, any.Opened, executed] : [any.Opened, executed],
            });
        }

        // A process that is seen for the first time has what its parent has. The parent's pid changes to 1 (or a subreaper's) when the
        // parent ends; any other change under one pid is another process.
        private static Process? Of(KeyedState<(string, int), Process> processes, AuditEvent value, int pid, long time)
        {
            Process? known = processes.Find((value.Host, pid));
            int parentPid = value.Process.ParentPid;
            if (known is not null)
            {
                if (known.ParentPid == parentPid || processes.Find((value.Host, parentPid)) is null) return known;
                processes.Remove(known);
            }

            if (processes.Find((value.Host, parentPid)) is not { } parent) return null;
            var child = new Process((value.Host, pid), parentPid);
            child.Inherit(parent);
            processes.Add(child);
            processes.SetDue(child, time + Idle);
            return child;
        }

        private static bool IsNetwork(AuditEvent value) => value[Family] is { TextCount: 1 } family && family.Text() is "ipv4" or "ipv6";

        private static ulong? Returned(AuditEvent value) => value.Call.Returned is >= 0 and var number ? (ulong)number : null;

        // F_DUPFD and F_DUPFD_CLOEXEC of linux/fcntl.h.
        private const ulong DuplicateFrom = 0;
        private const ulong DuplicateFromClosedOnExec = 1030;

        private const long InferredWithin = 5 * TimeSpan.TicksPerSecond;
    }

    private sealed class Descriptors(KeyedState<(string, int), Process> processes) : IHolds
    {
        public int Count => Processes.Count;

        public KeyedState<(string, int), Process> Processes { get; } = processes;

        /// <summary>When the newest call occurred: a call that has waited returns no earlier than that.</summary>
        public long Newest { get; set; } = long.MinValue;
    }

    private readonly record struct Descriptor(NetworkSocket? Socket, AuditEvent? Bound)
    {
        public bool IsUnknown => Socket is null && Bound is null;
    }

    private sealed class Process((string Host, int Pid) key, int parentPid) : Keyed<(string, int)>(key)
    {
        // A few in nearly all processes; a server's accepted sockets are mostly of no interest, and the oldest go first.
        private readonly List<(ulong Number, Descriptor Descriptor)> _open = [];

        public int ParentPid { get; } = parentPid;

        /// <summary>The network socket that this program has opened last, and when that returned.</summary>
        public (NetworkSocket? Socket, long At) Opened { get; set; }

        public bool IsEmpty => _open.Count == 0;

        public Descriptor this[ulong? number]
        {
            get
            {
                foreach ((ulong open, Descriptor descriptor) in _open)
                {
                    if (open == number) return descriptor;
                }

                return default;
            }

            set
            {
                for (int i = _open.Count - 1; i >= 0; i--)
                {
                    if (_open[i].Number == number) _open.RemoveAt(i);
                }

                if (value.IsUnknown || number is not { } kept) return;
                if (_open.Count == MostOpen)
                    _open.RemoveAt(_open.FindIndex(o => o.Descriptor.Bound is null) is >= 0 and var oldest ? oldest : 0);
                _open.Add((kept, value));
            }
        }

        public void Inherit(Process parent) => _open.AddRange(parent._open);

        public void Execute()
        {
            _open.RemoveAll(o => o.Number > 2);
            Opened = default;
        }

        private const int MostOpen = 64;
    }
}
