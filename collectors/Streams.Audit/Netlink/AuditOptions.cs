namespace Streams.Audit.Netlink;

/// <summary>How the records reach the collector.</summary>
public enum AuditSocketType : byte
{
    /// <summary>As the audit daemon: there is one, and nothing gets lost unseen.</summary>
    Unicast,

    /// <summary>Beside the audit daemon, reading along (kernel 3.16).</summary>
    Multicast,
}

/// <summary>What the kernel does when it cannot deliver a record.</summary>
public enum AuditFailureMode : byte
{
    /// <summary>Nothing but counting it.</summary>
    Silent,

    /// <summary>A line in its log.</summary>
    Log,

    /// <summary>The machine stops.</summary>
    Panic,
}

/// <summary>What happens when records come faster than they are taken.</summary>
public enum BackpressureStrategy : byte
{
    /// <summary><see cref="Kernel"/> where the kernel can (3.14), else <see cref="Userspace"/>.</summary>
    Auto,

    /// <summary>Audited programs wait, as long as <c>backlog_wait_time</c> says: the collector's full queue stops reading.</summary>
    None,

    /// <summary>
    /// The kernel does not let programs wait but loses records (<c>backlog_wait_time</c> 0). Refused where it cannot (before 3.14).
    /// </summary>
    Kernel,

    /// <summary>The collector reads on and drops the oldest of its queue; as in Auditbeat a <c>rate_limit</c> of 0 becomes 5,000.</summary>
    Userspace,

    /// <summary>Both of these, the rate limit left as it is. Refused where <see cref="Kernel"/> is.</summary>
    Both,
}

/// <summary>The options of the <see cref="AuditCollector"/>, named as those of Auditbeat's auditd module where it has them.</summary>
public sealed record AuditOptions
{
    /// <summary>The host that the events name.</summary>
    public string Host { get; init; } = Environment.MachineName;

    /// <summary>How the records come; null: as <see cref="SocketChoice"/> decides.</summary>
    public AuditSocketType? SocketType { get; init; }

    /// <summary>What the kernel does when it cannot deliver a record.</summary>
    public AuditFailureMode FailureMode { get; init; } = AuditFailureMode.Silent;

    /// <summary>How many records may wait in the kernel.</summary>
    public uint BacklogLimit { get; init; } = 65_536;

    /// <summary>
    /// How long an audited program waits while the backlog is full, jiffies; null: as it is. A <see cref="BackpressureStrategy"/> that
    /// sets it to 0 goes before.
    /// </summary>
    public uint? BacklogWaitTime { get; init; }

    /// <summary>Records a second that the kernel lets through, the others are lost; 0 for no limit.</summary>
    public uint RateLimit { get; init; }

    /// <summary>What happens when records come faster than they are taken.</summary>
    public BackpressureStrategy BackpressureStrategy { get; init; }

    /// <summary>
    /// Locks audit until the next boot when everything is set, so that nobody can change it, and takes part in an audit that is locked
    /// already.
    /// </summary>
    public bool Immutable { get; init; }

    /// <summary>
    /// Loads again the rules that others remove and sets back the settings that others change, beside reporting it. What others add stays.
    /// After ten times within an hour it is done once a minute.
    /// </summary>
    public bool Repair { get; init; } = true;

    /// <summary>
    /// At the end sets the settings back to what was found at the start. The rules about this process are removed in any case, the others
    /// stay.
    /// </summary>
    public bool Restore { get; init; } = true;

    /// <summary>The state folder, where what was found is kept; null: in this process alone.</summary>
    public string? StatePath { get; init; }

    /// <summary>Bytes of the socket's buffer; the kernel charges about 940 for a record of 130, and doubles the figure.</summary>
    public int ReceiveBuffer { get; init; } = 32 << 20;

    /// <summary>Bytes of records that may wait in the collector's queue.</summary>
    public long QueueBytes { get; init; } = 64 << 20;

    /// <summary><c>reassembler.max_in_flight</c>: how many events may be unfinished; one more closes the oldest as it is.</summary>
    public int MaxInFlight { get; init; } = 1024;

    /// <summary><c>reassembler.timeout</c>: how long an event may be unfinished before it is closed as it is.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How many bytes of text unfinished events may hold; more closes the oldest as it is.</summary>
    public long MaxInFlightBytes { get; init; } = 16 << 20;
}
