namespace Streams.Audit.Netlink;

/// <summary>What the collector finds when it starts.</summary>
internal sealed record AuditSituation
{
    /// <summary>The state of audit; null when the kernel does not tell.</summary>
    public AuditStatus? Status { get; init; }

    /// <summary>Why it does not, and what helps; null when it does.</summary>
    public string? Refusal { get; init; }

    /// <summary>Another process that gets the records.</summary>
    public AuditOwner? Owner { get; init; }

    /// <summary>Whether rules are configured.</summary>
    public bool HasRules { get; init; }

    /// <summary>Whether the kernel lets others read along (3.16).</summary>
    public bool CanReadAlong { get; init; } = true;

    /// <summary>Whether nothing can be changed until the next boot.</summary>
    public bool IsLocked => Status is { Enabled: 2 };

    /// <summary>Looks.</summary>
    public static AuditSituation Find(AuditControl control, bool hasRules)
    {
        var found = new AuditSituation { HasRules = hasRules, CanReadAlong = Environment.OSVersion.Version >= new Version(3, 16) };
        try
        {
            AuditStatus status = control.GetStatus();
            return found with { Status = status, Owner = AuditOwner.Foreign(status) };
        }
        catch (AuditException error) when (error.Number is Libc.Eperm or Libc.Econnrefused)
        {
            return found with { Refusal = Explain(error.Number) };
        }
    }

    // audit_netlink_ok of kernel/audit.c: ECONNREFUSED from another user namespace, EPERM from another PID namespace or without
    // CAP_AUDIT_CONTROL.
    private static string Explain(int error)
    {
        if (error == Libc.Econnrefused)
            return "the kernel answers only in the first user namespace: run it on the host, or in a container that shares the host's";
        return IsInPidNamespace()
            ? "the kernel answers only in the first PID namespace: run it on the host, or in a container that shares the host's"
            : "CAP_AUDIT_CONTROL is missing: run it as root, or give it that capability";
    }

    private static bool IsInPidNamespace()
    {
        try
        {
            // PROC_PID_INIT_INO of linux/proc_ns.h: the inode of the first PID namespace.
            return File.ResolveLinkTarget("/proc/self/ns/pid", returnFinalTarget: false) is { Name: not "pid:[4026531836]" };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
