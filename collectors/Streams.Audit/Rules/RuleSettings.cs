namespace Streams.Audit.Rules;

/// <summary>What the control options of rule files say about the kernel's settings; null where they say nothing.</summary>
public sealed record RuleSettings
{
    /// <summary><c>-b</c>: how many records may wait in the kernel.</summary>
    public uint? BacklogLimit { get; init; }

    /// <summary><c>--backlog_wait_time</c>: how long an audited program waits when the queue is full, in the kernel's jiffies.</summary>
    public uint? BacklogWaitTime { get; init; }

    /// <summary><c>-f</c>: what the kernel does when it cannot audit: 0 nothing, 1 a line in its log, 2 panic.</summary>
    public uint? FailureMode { get; init; }

    /// <summary><c>-e</c>: 0 off, 1 on, 2 on and locked until the next boot.</summary>
    public uint? Enabled { get; init; }

    /// <summary><c>-r</c>: how many records a second the kernel writes at most; 0 for no limit.</summary>
    public uint? RateLimit { get; init; }

    /// <summary><c>--loginuid-immutable</c>: a login id that is set cannot be changed.</summary>
    public bool LoginUidImmutable { get; init; }
}
