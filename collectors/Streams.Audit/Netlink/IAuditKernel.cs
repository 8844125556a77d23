using Streams.Audit.Rules;

namespace Streams.Audit.Netlink;

/// <summary>The kernel's audit, for one who wants its records.</summary>
internal interface IAuditKernel : IAuditSettings
{
    /// <summary>The rules that it has.</summary>
    IKernelRules Rules { get; }

    /// <summary>Looks how records can be had; changes nothing.</summary>
    /// <param name="hasRules">Whether rules are to be loaded.</param>
    AuditSituation Find(bool hasRules);

    /// <summary>Asks for the records, which works also while audit is locked; whether they are given is seen in the state.</summary>
    /// <exception cref="AuditException">It could not be asked.</exception>
    void Register();

    /// <summary>Begins or ends to read along beside the audit daemon.</summary>
    /// <returns>Whether the kernel allows it.</returns>
    bool TryReadAlong(bool on);
}
