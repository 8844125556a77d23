namespace Streams.Audit.Netlink;

/// <summary>What the boot of the machine says about audit.</summary>
internal static class AuditBoot
{
    /// <summary>
    /// Whether audit has been enabled since boot. A process from before it was enabled has no audit context, and none of its system calls
    /// is ever recorded (audit_alloc of kernel/auditsc.c).
    /// </summary>
    public static bool HasAudit { get; } = Read();

    private static bool Read()
    {
        try
        {
            return File.ReadAllText("/proc/cmdline").Split([' ', '\n']).Any(word => word is "audit=1" or "audit=on");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
