using Streams.Audit.Rules;

namespace Streams.Audit.Netlink;

/// <summary>The audit of the running kernel.</summary>
/// <param name="control">The connection for questions and changes.</param>
/// <param name="socket">The one that records come to.</param>
/// <param name="ownChanges">Is told what is changed here.</param>
internal sealed class RunningKernel(AuditControl control, AuditSocket socket, OwnChanges ownChanges) : IAuditKernel
{
    public IKernelRules Rules { get; } = control.Rules;

    public AuditSituation Find(bool hasRules) => AuditSituation.Find(control, hasRules);

    public AuditStatus GetStatus() => control.GetStatus();

    public void Set(AuditSetting setting, uint value) => control.Set(setting, value);

    // The kernel sends the records to the socket that asks for them.
    public void Register()
    {
        string change = $"audit_pid={Environment.ProcessId}";
        ownChanges.Expect(change);
        byte[] request = NetlinkMessage.Request(
            NetlinkMessage.Set, sequence: 1, AuditControl.StatusOf(AuditSetting.Pid, (uint)Environment.ProcessId));
        socket.Send(request, "make this process the audit daemon");
        if (control.GetStatus().Pid != Environment.ProcessId) ownChanges.Withdraw(change);
    }

    public bool TryReadAlong(bool on) => socket.TryReadAlong(on);
}
