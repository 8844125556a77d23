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

    /// <summary>Why this process cannot read along beside the audit daemon, and what helps; null when it can.</summary>
    public string? AlongRefusal { get; init; }

    /// <summary>Whether nothing can be changed until the next boot.</summary>
    public bool IsLocked => Status is { Enabled: 2 };

    /// <summary>Looks.</summary>
    public static AuditSituation Find(AuditControl control, bool hasRules)
    {
        var found = new AuditSituation { HasRules = hasRules, AlongRefusal = ExplainAlong() };
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
        return FirstNamespaces.HavePid
            ? "CAP_AUDIT_CONTROL is missing: run it as root, or with that capability"
            : "the kernel answers only in the first PID namespace: run it on the host, or in a container that shares the host's";
    }

    // audit_multicast_bind of kernel/audit.c asks for CAP_AUDIT_READ in the first user namespace; kauditd_send_multicast_skb sends to the
    // first network namespace.
    private static string? ExplainAlong()
    {
        if (Environment.OSVersion.Version < new Version(3, 16)) return "reading along needs kernel 3.16";
        if (FirstNamespaces.HaveNetwork == false)
            return "the kernel lets others read along in the first network namespace only: run it on the host's network";
        using AuditSocket socket = AuditSocket.Open();
        return socket.TryReadAlong(true)
            ? null
            : "CAP_AUDIT_READ is missing to read along";
    }
}
