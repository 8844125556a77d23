namespace Streams.Audit.Processes;

/// <summary>
/// No processes: in another PID namespace the numbers of <c>/proc</c> belong to other processes than those of the kernel's records.
/// </summary>
public sealed class HiddenProcesses : IProcessSource
{
    /// <inheritdoc/>
    public Guid BootId { get; } = Guid.Parse(File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim());

    /// <inheritdoc/>
    public long BootTime => 0;

    /// <inheritdoc/>
    public bool TryReadStatus(int pid, out ProcessStatus status)
    {
        status = default;
        return false;
    }

    /// <inheritdoc/>
    public bool Exists(int pid) => false;

    /// <inheritdoc/>
    public ProcessDetails? ReadDetails(int pid) => null;

    /// <inheritdoc/>
    public byte[] ReadControlGroups(int pid) => [];

    /// <inheritdoc/>
    public IReadOnlyList<int> List() => [];
}
