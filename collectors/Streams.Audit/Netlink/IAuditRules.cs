namespace Streams.Audit.Netlink;

/// <summary>The audit rules that should be loaded. It is called on one thread of the collector's, never twice at a time.</summary>
public interface IAuditRules
{
    /// <summary>Loads them, before audit is enabled where it is not yet.</summary>
    /// <param name="control">The connection to the kernel.</param>
    /// <param name="reports">Where to tell what was refused or removed.</param>
    void Load(AuditControl control, AuditReports reports);

    /// <summary>Looks whether they are loaded still: every minute, and when somebody has changed something about audit.</summary>
    /// <param name="control">The connection to the kernel.</param>
    /// <param name="reports">Where to tell what is missing or new.</param>
    void Check(AuditControl control, AuditReports reports);
}
