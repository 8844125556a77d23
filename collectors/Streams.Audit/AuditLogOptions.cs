namespace Streams.Audit;

/// <summary>How an <see cref="AuditLogWriter"/> keeps its files.</summary>
public sealed record AuditLogOptions
{
    /// <summary>The size that a file has at most, but for what is written at once: 256 KiB or one event.</summary>
    public long MaxBytes { get; init; } = 100 << 20;

    /// <summary>How many rotated files are kept: <c>FILE.1</c>, the newest, to <c>FILE.10</c>. The oldest is deleted.</summary>
    public int Kept { get; init; } = 10;
}
