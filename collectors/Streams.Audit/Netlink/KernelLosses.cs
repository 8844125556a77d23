namespace Streams.Audit.Netlink;

/// <summary>What the kernel has lost and how long it made programs wait, by its own counts. For one thread, but for the counts.</summary>
/// <param name="time">The clock of the gaps.</param>
/// <param name="reports">Gets them.</param>
internal sealed class KernelLosses(TimeProvider time, AuditReports reports)
{
    private RisingCount _lost;
    private RisingCount _waited;
    private DateTimeOffset _checkedAt;
    private long _backlog;
    private long _mostBacklog;

    /// <summary>The unit of its times.</summary>
    public KernelTicks Ticks { get; } = KernelTicks.Find();

    /// <summary>Records that it has lost since the start.</summary>
    public long Records => _lost.Total;

    /// <summary>How long audited programs have waited since the start, all together.</summary>
    public long WaitedMilliseconds => _waited.Total * 1000 / Ticks.PerSecond;

    /// <summary>Records that waited when it last looked.</summary>
    public long Backlog => Volatile.Read(ref _backlog);

    /// <summary>The most that it has seen waiting.</summary>
    public long MostBacklog => Volatile.Read(ref _mostBacklog);

    /// <summary>Counts from here on.</summary>
    /// <param name="status">The state of the kernel; null when it does not tell it.</param>
    public void Start(AuditStatus? status)
    {
        if (status is not null) Count(status);
        _checkedAt = time.GetUtcNow();
    }

    /// <summary>Counts what is new, and tells what was lost.</summary>
    /// <returns>The state of the kernel.</returns>
    /// <exception cref="AuditException">The kernel does not answer.</exception>
    public AuditStatus Check(IAuditKernel kernel)
    {
        DateTimeOffset now = time.GetUtcNow();
        AuditStatus status = kernel.GetStatus();
        long lost = Count(status);
        if (lost > 0) reports.AddGap(_checkedAt, lost, "the kernel lost records");
        _checkedAt = now;
        return status;
    }

    private long Count(AuditStatus status)
    {
        Volatile.Write(ref _backlog, status.Backlog);
        if (status.Backlog > _mostBacklog) Volatile.Write(ref _mostBacklog, status.Backlog);
        if (status.BacklogWaitTimeActual is { } waited) _waited.Take(waited);
        return _lost.Take(status.Lost);
    }
}
