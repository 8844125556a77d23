using Streams.Audit.Processes;

namespace Streams.Queries.Tests.WholePath;

/// <summary>A system in which every second process runs, with odd details.</summary>
internal sealed class KnownProcesses : IProcessSource
{
    private static readonly uint[] Ids = [0, 1000, uint.MaxValue, 0];

    public Guid BootId { get; } = new("0f8fad5b-d9cb-469f-a165-70867728950e");

    public long BootTime => 1_700_000_000_000;

    public bool TryReadStatus(int pid, out ProcessStatus status)
    {
        status = new ProcessStatus(pid / 2, pid, 1, pid, "x\u00FF\n"u8.ToArray());
        return Exists(pid);
    }

    public bool Exists(int pid) => pid > 0 && pid % 2 == 1;

    public ProcessDetails? ReadDetails(int pid) => Exists(pid)
        ? new ProcessDetails(
            new byte[pid % 5000].Select(_ => (byte)'/').ToArray(), new byte[pid % 857 * 7], "/"u8.ToArray(), Ids, Ids, uint.MaxValue, 3)
        : null;

    public byte[] ReadControlGroups(int pid) => "0::/\n"u8.ToArray();

    public IReadOnlyList<int> List() => [1, 3, 5];
}
