using Streams.Audit.Rules;

namespace Streams.Audit.Netlink;

/// <summary>The audit rules that should be loaded. It is called on one thread of the collector's, never twice at a time.</summary>
public interface IAuditRules
{
    /// <summary>How they compare with what is loaded, as of the last look. May be read from any thread.</summary>
    RulesState State { get; }

    /// <summary>
    /// Whether they should be looked at now: their files have changed since they were read, or a repair was put off that may be made now.
    /// Asked every second.
    /// </summary>
    bool NeedCheck();

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

    /// <summary>Removes those about this process, which is about to end.</summary>
    /// <param name="kernel">The rules that are loaded.</param>
    /// <returns>What the kernel refuses to remove, and why: a sentence each.</returns>
    /// <exception cref="AuditException">The kernel does not list them.</exception>
    IReadOnlyList<string> Release(IKernelRules kernel);
}
