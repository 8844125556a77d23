using Streams.Audit.Netlink;

namespace Streams.Audit.Rules;

/// <summary>The rules that the kernel has.</summary>
public interface IKernelRules
{
    /// <summary>Whether they are locked until the next boot.</summary>
    bool IsLocked { get; }

    /// <summary>Whether another process is the audit daemon, whose rules some of them may be.</summary>
    bool HasOtherOwner { get; }

    /// <summary>The rules, each list in the order in which it is matched.</summary>
    IReadOnlyList<AuditRule> List();

    /// <summary>Adds a rule.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="inFront">Whether it goes in front of its list or behind it.</param>
    /// <exception cref="AuditException">The kernel refuses it.</exception>
    void Add(AuditRule rule, bool inFront);

    /// <summary>Removes a rule.</summary>
    /// <exception cref="AuditException">The kernel refuses that.</exception>
    void Delete(AuditRule rule);
}
