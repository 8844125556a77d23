using Streams.Audit.Netlink;

namespace Streams.Audit.Rules;

/// <summary>The rules of the running kernel.</summary>
internal sealed class KernelRules(AuditControl control) : IKernelRules
{
    private const uint Locked = 2;

    public bool IsLocked => control.GetStatus().Enabled == Locked;

    public bool HasOtherOwner => control.GetStatus().Pid is var pid && pid != 0 && pid != Environment.ProcessId;

    public IReadOnlyList<AuditRule> List() => [.. control.ListRules().Select(bytes => AuditRule.Read(bytes)).OfType<AuditRule>()];

    public void Add(AuditRule rule, bool inFront) => control.AddRule(rule.Message(inFront));

    public void Delete(AuditRule rule) => control.DeleteRule(rule.Bytes.Span);
}
