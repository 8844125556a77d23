using Streams.Audit.Rules;

namespace Streams.Audit.Netlink;

/// <summary>The audit rules that should be loaded. It is called on one thread of the collector's, never twice at a time.</summary>
public interface IAuditRules
{
    /// <summary>Whether what they are written in has changed since it was read: asked every second.</summary>
    bool HaveChanged();

    /// <summary>Loads them, before audit is enabled where it is not yet.</summary>
    /// <param name="kernel">The rules that are loaded.</param>
    /// <param name="reports">Where to tell what was refused or removed.</param>
    void Load(IKernelRules kernel, AuditReports reports);

    /// <summary>
    /// Looks whether they are loaded still: every minute, when somebody has changed something about audit, and when they are written
    /// otherwise.
    /// </summary>
    /// <param name="kernel">The rules that are loaded.</param>
    /// <param name="reports">Where to tell what is missing or new.</param>
    void Check(IKernelRules kernel, AuditReports reports);
}
