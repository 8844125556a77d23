namespace Streams.Audit.Netlink;

/// <summary>The process that gets the records of the kernel.</summary>
/// <param name="Pid">Its number.</param>
/// <param name="Executable">Its program; null when that cannot be read.</param>
public sealed record AuditOwner(int Pid, string? Executable)
{
    /// <summary>The owner that a status names; null when there is none, or it is this process, or one that is no more.</summary>
    internal static AuditOwner? Foreign(AuditStatus status)
    {
        int pid = (int)status.Pid;
        return pid == 0 || pid == Environment.ProcessId || !Directory.Exists($"/proc/{pid}") ? null : new AuditOwner(pid, Program(pid));
    }

    /// <inheritdoc/>
    public override string ToString() => $"process {Pid} ({Executable ?? "unknown program"})";

    private static string? Program(int pid)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{pid}/exe", returnFinalTarget: false)?.FullName;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
