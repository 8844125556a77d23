namespace Streams.Audit;

/// <summary>How an <see cref="AuditLogWriter"/> keeps its files.</summary>
public sealed record AuditLogOptions
{
    /// <summary>The size at which a file is rotated; it may be passed by what is written at once.</summary>
    public long MaxBytes { get; init; } = 100 << 20;

    /// <summary>How many rotated files are kept: <c>FILE.1</c>, the newest, to <c>FILE.10</c>. The oldest is deleted.</summary>
    public int Kept { get; init; } = 10;
}
