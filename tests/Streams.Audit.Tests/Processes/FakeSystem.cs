using System.Text;
using Streams.Audit.Processes;

namespace Streams.Audit.Tests.Processes;

/// <summary>A system whose processes a test starts and ends. The boot was at <see cref="Logs.Start"/>.</summary>
internal sealed class FakeSystem : IProcessSource
{
    private readonly SortedDictionary<int, Running> _running = [];

    public Guid BootId { get; } = new("0f8fad5b-d9cb-469f-a165-70867728950e");

    public long BootTime => Logs.Start * 1000;

    public int StatusReads { get; private set; }
    public int DetailReads { get; private set; }
    public int ControlGroupReads { get; private set; }

    /// <summary>Starts a process, at a second since the boot.</summary>
    public void Start(
        int pid,
        int parent,
        string executable,
        double second = 0,
        string groups = "0::/system.slice/x.service\n",
        string? arguments = null)
    {
        _running[pid] = new Running(
            new ProcessStatus(parent, pid, 1, (long)(second * 100), Encoding.UTF8.GetBytes(Host.Name(executable))),
            new ProcessDetails(
                Encoding.UTF8.GetBytes(executable),
                Encoding.UTF8.GetBytes(arguments ?? executable + "\0"),
                "/"u8.ToArray(),
                [1000, 1000, 1000, 1000],
                [100, 100, 100, 100],
                1000,
                3),
            Encoding.UTF8.GetBytes(groups));
    }

    public void End(int pid) => _running.Remove(pid);

    public bool TryReadStatus(int pid, out ProcessStatus status)
    {
        StatusReads++;
        status = _running.TryGetValue(pid, out Running? process) ? process.Status : default;
        return process is not null;
    }

    public bool Exists(int pid) => _running.ContainsKey(pid);

    public ProcessDetails? ReadDetails(int pid)
    {
        DetailReads++;
        return _running.TryGetValue(pid, out Running? process) ? process.Details : null;
    }

    public byte[] ReadControlGroups(int pid)
    {
        ControlGroupReads++;
        return _running.TryGetValue(pid, out Running? process) ? process.Groups : [];
    }

    public IReadOnlyList<int> List() => [.. _running.Keys];

    private sealed record Running(ProcessStatus Status, ProcessDetails Details, byte[] Groups);
}
