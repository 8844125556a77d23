namespace Streams.Audit.Netlink;

/// <summary>What can be set of the kernel's audit; the values are the mask bits of <c>linux/audit.h</c>.</summary>
public enum AuditSetting : uint
{
    /// <summary>0 off, 1 on, 2 on and locked until the next boot.</summary>
    Enabled = 0x01,

    /// <summary>What happens when a record cannot be delivered: 0 nothing, 1 a line in the kernel's log, 2 panic.</summary>
    Failure = 0x02,

    /// <summary>The process that gets the records; 0 for none. Works only through that process's own socket.</summary>
    Pid = 0x04,

    /// <summary>Records a second, more are lost; 0 for no limit.</summary>
    RateLimit = 0x08,

    /// <summary>How many records may wait in the kernel.</summary>
    BacklogLimit = 0x10,

    /// <summary>How long an audited program waits while the backlog is full, jiffies; 0: not at all, and the record is lost.</summary>
    BacklogWaitTime = 0x20,
}

/// <summary>The names that auditctl and the options have for the settings.</summary>
internal static class AuditSettings
{
    public static string Name(this AuditSetting setting) => setting switch
    {
        AuditSetting.Enabled => "enabled",
        AuditSetting.Failure => "failure",
        AuditSetting.Pid => "pid",
        AuditSetting.RateLimit => "rate_limit",
        AuditSetting.BacklogLimit => "backlog_limit",
        AuditSetting.BacklogWaitTime => "backlog_wait_time",
        _ => setting.ToString(),
    };
}
