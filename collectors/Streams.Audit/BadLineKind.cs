namespace Streams.Audit;

/// <summary>What is wrong with a line, or with a part of one.</summary>
public enum BadLineKind : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>No audit record in it.</summary>
    NotARecord,

    /// <summary>Bytes that are no text before a record, which is read; or a line of them.</summary>
    Garbage,

    /// <summary>Longer than <see cref="LineSplitter.MaxLine"/>; skipped.</summary>
    TooLong,

    /// <summary>The stamp <c>audit(seconds.milliseconds:serial)</c> is cut off or holds no numbers.</summary>
    BadStamp,

    /// <summary>The record says no type.</summary>
    NoType,

    /// <summary>The record's type is none that is known; it is kept with its event.</summary>
    UnknownType,

    /// <summary>What <c>ausearch -i</c> prints: names instead of numbers, and nothing to join by.</summary>
    Interpreted,

    /// <summary>The last line of a file that ends in the middle of a record's head.</summary>
    CutOff,

    /// <summary>What <c>journalctl</c> prints for a message with control characters: only how long it is.</summary>
    Blob,
}

/// <summary>How the kinds of bad lines are called, and what to do about them.</summary>
public static class BadLineKinds
{
    /// <summary>The name in figures, in kebab case.</summary>
    public static string Name(this BadLineKind kind) => kind switch
    {
        BadLineKind.NotARecord => "not-a-record",
        BadLineKind.Garbage => "garbage",
        BadLineKind.TooLong => "too-long",
        BadLineKind.BadStamp => "bad-stamp",
        BadLineKind.NoType => "no-type",
        BadLineKind.UnknownType => "unknown-type",
        BadLineKind.Interpreted => "interpreted",
        BadLineKind.CutOff => "cut-off",
        BadLineKind.Blob => "blob",
        _ => "none",
    };

    /// <summary>What a user can do about it; null when nothing can be done.</summary>
    public static string? Remedy(this BadLineKind kind) => kind switch
    {
        BadLineKind.Interpreted => "export the log with `ausearch --raw` instead of `ausearch -i`",
        BadLineKind.Blob => "export the journal with `journalctl --all`, or `--output=export`",
        _ => null,
    };
}
