namespace Streams.Audit;

/// <summary>How logs are read.</summary>
public sealed record LogOptions
{
    /// <summary>The host of records that name none, by <c>node=</c> or in a line of syslog; <c>localhost</c> when null.</summary>
    public string? Host { get; init; }

    /// <summary>Only what occurred then or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only what occurred before.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The clock, for the time of reading.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How many events of a source may be unfinished; one more closes the oldest as it is.</summary>
    public long MaxInFlight { get; init; } = 1024;

    /// <summary>How many bytes of text the unfinished events of a source may hold; more closes the oldest as it is.</summary>
    public long MaxBytes { get; init; } = 64 << 20;
}
