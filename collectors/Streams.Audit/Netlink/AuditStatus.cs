using System.Runtime.InteropServices;

namespace Streams.Audit.Netlink;

/// <summary>The state of the kernel's audit: <c>struct audit_status</c> of <c>linux/audit.h</c>, which has grown over the years.</summary>
public sealed record AuditStatus
{
    // AUDIT_FEATURE_BITMAP_BACKLOG_WAIT_TIME of linux/audit.h.
    private const uint BacklogWaitTimeFeature = 0x02;

    // Up to backlog; every kernel since 2.6.
    private const int LeastSize = 32;

    /// <summary>0 off, 1 on, 2 on and locked until the next boot.</summary>
    public uint Enabled { get; init; }

    /// <summary>What happens when a record cannot be delivered: 0 nothing, 1 a line in the kernel's log, 2 panic.</summary>
    public uint Failure { get; init; }

    /// <summary>The process that gets the records; 0 when none does.</summary>
    public uint Pid { get; init; }

    /// <summary>Records a second, more are lost; 0 for no limit.</summary>
    public uint RateLimit { get; init; }

    /// <summary>How many records may wait in the kernel.</summary>
    public uint BacklogLimit { get; init; }

    /// <summary>Records that the kernel lost since boot, or since somebody reset the count.</summary>
    public uint Lost { get; init; }

    /// <summary>Records that wait in the kernel.</summary>
    public uint Backlog { get; init; }

    /// <summary>What the kernel can do, one bit each; a small number, the version, of kernels before 3.19; 0 before 3.14.</summary>
    public uint Features { get; init; }

    /// <summary>How long an audited program waits while the backlog is full, jiffies; null before kernel 3.14.</summary>
    public uint? BacklogWaitTime { get; init; }

    /// <summary>Whether <see cref="BacklogWaitTime"/> can be set (kernel 3.14).</summary>
    public bool CanSetWaitTime => (Features & BacklogWaitTimeFeature) != 0 && BacklogWaitTime is not null;

    /// <summary>How long audited programs have waited since boot, or since somebody reset it, jiffies; null before kernel 5.9.</summary>
    public uint? BacklogWaitTimeActual { get; init; }

    /// <summary>Reads the kernel's answer; what its kernel does not know yet is left out.</summary>
    /// <param name="message">The body of an AUDIT_GET reply: 32, 36, 40 or 44 bytes, more of later kernels.</param>
    /// <exception cref="InvalidDataException">It is shorter.</exception>
    public static AuditStatus Parse(ReadOnlySpan<byte> message)
    {
        if (message.Length < LeastSize)
            throw new InvalidDataException($"an audit status of {message.Length} bytes; at least {LeastSize} expected");

        return new AuditStatus
        {
            Enabled = Word(message, 1) ?? 0,
            Failure = Word(message, 2) ?? 0,
            Pid = Word(message, 3) ?? 0,
            RateLimit = Word(message, 4) ?? 0,
            BacklogLimit = Word(message, 5) ?? 0,
            Lost = Word(message, 6) ?? 0,
            Backlog = Word(message, 7) ?? 0,
            Features = Word(message, 8) ?? 0,
            BacklogWaitTime = Word(message, 9),
            BacklogWaitTimeActual = Word(message, 10),
        };
    }

    /// <summary>The value of a setting; null when this kernel has no such setting.</summary>
    public uint? this[AuditSetting setting] => setting switch
    {
        AuditSetting.Enabled => Enabled,
        AuditSetting.Failure => Failure,
        AuditSetting.Pid => Pid,
        AuditSetting.RateLimit => RateLimit,
        AuditSetting.BacklogLimit => BacklogLimit,
        AuditSetting.BacklogWaitTime => BacklogWaitTime,
        _ => null,
    };

    private static uint? Word(ReadOnlySpan<byte> message, int index) =>
        message.Length >= (index + 1) * sizeof(uint) ? MemoryMarshal.Read<uint>(message[(index * sizeof(uint))..]) : null;
}
