namespace Streams.Audit.Netlink;

/// <summary>The settings of the kernel's audit.</summary>
public interface IAuditSettings
{
    /// <summary>The state of audit.</summary>
    /// <exception cref="AuditException">The kernel refuses.</exception>
    AuditStatus GetStatus();

    /// <summary>Changes a setting. While audit is locked only <see cref="AuditSetting.Pid"/> can be.</summary>
    /// <param name="setting">Which.</param>
    /// <param name="value">To what.</param>
    /// <exception cref="AuditException">The kernel refuses: EPERM when audit is locked.</exception>
    void Set(AuditSetting setting, uint value);
}
