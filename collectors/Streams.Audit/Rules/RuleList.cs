namespace Streams.Audit.Rules;

/// <summary>The kernel's lists of rules (<c>AUDIT_FILTER_*</c> in linux/audit.h).</summary>
public enum RuleList
{
    /// <summary>What programs write themselves.</summary>
    User = 0,

    /// <summary>New processes: what <c>never</c> matches here is never audited.</summary>
    Task = 1,

    /// <summary>System calls as they return.</summary>
    Exit = 4,

    /// <summary>Records that are not to be written.</summary>
    Exclude = 5,

    /// <summary>Whole file systems.</summary>
    Filesystem = 6,

    /// <summary>Operations of io_uring as they complete.</summary>
    IoUring = 7,
}
