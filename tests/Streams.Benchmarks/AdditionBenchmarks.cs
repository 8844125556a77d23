using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using Streams.Audit.Processes;
using Streams.Events;
using Streams.Events.Tables;

namespace Streams.Benchmarks;

/// <summary>
/// What the process table adds to connect events of known processes, 64 processes in turn, each with a parent, its ancestors and the
/// names of its ids; and to execve events, each of a process that is new. One operation is one event.
/// </summary>
[MemoryDiagnoser]
public class AdditionBenchmarks
{
    private const int Processes = 64;
    private const long Time = 1_767_323_045_678;

    private static readonly byte[] Address = "saddr=020001BB5DB8D82200000000000000000000"u8.ToArray();
    private static readonly byte[] Title = "proctitle=6375726C0068747470733A2F2F6578616D706C652E636F6D2F"u8.ToArray();

    private readonly AuditEventBuilder _builder = new();
    private readonly byte[][] _calls = new byte[Processes][];
    private readonly byte[] _newCall = Encoding.ASCII.GetBytes(
        "arch=c000003e syscall=59 success=yes exit=0 a0=55d0a2b3c4d0 a1=55d0a2b3c5e0 a2=55d0a2b3c6f0 a3=8 items=2 ppid=10 pid=10000000 "
        + "auid=1000 uid=1001 gid=1000 euid=1001 suid=1001 fsuid=1001 egid=1000 sgid=1000 fsgid=1000 tty=pts0 ses=3 "
        + "comm=\"ls\" exe=\"/usr/bin/ls\" key=\"exec\"");

    private readonly ProcFileSystem _system = new();
    private ProcessTable _table = null!;
    private int _next = 10_000_000;

    /// <summary>Makes the processes known.</summary>
    [GlobalSetup]
    public void Fill()
    {
        var names = new AccountNames(new AccountFile("/etc/passwd"), new AccountFile("/etc/group"), _ => true, TimeProvider.System);
        foreach (uint id in (uint[])[1000, 1001]) names.Tell(new AccountId(false, id), "alice");
        names.Tell(new AccountId(true, 1000), "alice");
        _table = new ProcessTable(new Tree(), names);
        for (int i = 0; i < Processes; i++)
        {
            _calls[i] = Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture,
                $"arch=c000003e syscall=42 success=no exit=-115 a0=3 a1=7ffd0f1a2b30 a2=10 a3=0 items=0 ppid=10 pid={100 + i} "
                + $"auid=1000 uid=1001 gid=1000 euid=1001 suid=1001 fsuid=1001 egid=1000 sgid=1000 fsgid=1000 tty=pts0 ses=3 "
                + $"comm=\"curl\" exe=\"/usr/bin/curl\" key=\"net\""));
        }

        for (int i = 0; i < 2 * Processes; i++) KnownProcess();
    }

    /// <summary>The records gathered, but nothing added: what is not of the table in the figure below.</summary>
    [Benchmark(OperationsPerInvoke = Processes, Baseline = true)]
    public void RecordsAlone()
    {
        foreach (byte[] call in _calls) Gather(call);
    }

    /// <summary>The same, and the record of the process.</summary>
    [Benchmark(OperationsPerInvoke = Processes)]
    public void KnownProcess()
    {
        foreach (byte[] call in _calls)
        {
            Gather(call);
            _table.AddTo(_builder, Time);
        }
    }

    /// <summary>An execve of a process that is new, all but what the kernel takes to read its state.</summary>
    [Benchmark]
    public void NewProcess()
    {
        _next = _next == 99_999_999 ? 10_000_000 : _next + 1;
        int place = _newCall.AsSpan().IndexOf(" pid="u8) + 5;
        System.Buffers.Text.Utf8Formatter.TryFormat(_next, _newCall.AsSpan(place), out _);
        _builder.Clear();
        _builder.Add(RecordType.Syscall, _newCall);
        _builder.Add(RecordType.Execve, "argc=2 a0=\"ls\" a1=\"-l\""u8);
        _builder.Add(RecordType.Cwd, "cwd=\"/home/alice\""u8);
        _builder.Add(RecordType.Proctitle, Title);
        _table.AddTo(_builder, Time);
    }

    /// <summary>The state of a process from the kernel: once for each new process.</summary>
    [Benchmark]
    public bool ReadStatus() => _system.TryReadStatus(Environment.ProcessId, out _);

    private void Gather(byte[] call)
    {
        _builder.Clear();
        _builder.Add(RecordType.Syscall, call);
        _builder.Add(RecordType.Sockaddr, Address);
        _builder.Add(RecordType.Proctitle, Title);
    }

    // Number 1 started number 9, that started 10, that all others.
    private sealed class Tree : IProcessSource
    {
        public Guid BootId => Guid.Empty;

        public long BootTime => Time - 1_000_000;

        public bool TryReadStatus(int pid, out ProcessStatus status)
        {
            status = new ProcessStatus(pid switch { 1 => 0, 9 => 1, 10 => 9, _ => 10 }, pid, 10, pid, "bash"u8.ToArray());
            return true;
        }

        public bool Exists(int pid) => true;

        public ProcessDetails? ReadDetails(int pid)
        {
            byte[] program = pid switch
            {
                1 => "/usr/lib/systemd/systemd"u8.ToArray(),
                9 => "/usr/sbin/sshd"u8.ToArray(),
                _ => "/usr/bin/bash"u8.ToArray(),
            };
            return new ProcessDetails(
                program,
                "-bash\0"u8.ToArray(),
                "/home/alice"u8.ToArray(),
                [1000, 1000, 1000, 1000],
                [1000, 1000, 1000, 1000],
                1000,
                3);
        }

        public byte[] ReadControlGroups(int pid) => "0::/user.slice/user-1000.slice/session-3.scope\n"u8.ToArray();

        public IReadOnlyList<int> List() => [];
    }
}
