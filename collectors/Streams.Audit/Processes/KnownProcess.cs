namespace Streams.Audit.Processes;

/// <summary>A process of the table. Texts are kept as a record has them: in quotes, or in hexadecimal; empty when not known.</summary>
internal sealed class KnownProcess(int pid)
{
    public const long Unknown = -1;

    public int Pid => pid;

    public int ParentPid { get; set; }

    /// <summary>When it was started, in units of 10 ms since the boot; or <see cref="Unknown"/>.</summary>
    public long Start { get; set; } = Unknown;

    /// <summary>Stamps of its records, milliseconds since 1970 UTC.</summary>
    public long FirstSeen { get; set; }
    public long LastSeen { get; set; }

    /// <summary>When it ended, where that is audited; 0 otherwise.</summary>
    public long Ended { get; set; }

    public byte[] Entity { get; set; } = [];
    public byte[] Executable { get; set; } = [];
    public byte[] Name { get; set; } = [];
    public byte[] WorkingDirectory { get; set; } = [];

    /// <summary>The arguments it was run with, parted by commas; of long ones not all.</summary>
    public byte[] Arguments { get; set; } = [];
    public int ArgumentCount { get; set; }

    /// <summary>Whether the title in its records was compared with its arguments, and whether it says something else.</summary>
    public bool IsTitleCompared { get; set; }
    public bool HasOtherTitle { get; set; }
    public byte[] Container { get; set; } = [];

    /// <summary>The programs of who started it, of who started that, and so on, parted by commas.</summary>
    public byte[] Ancestors { get; set; } = [];
    public int Group { get; set; }
    public int Session { get; set; }

    /// <summary>Whether it is this process, or one that this process started.</summary>
    public bool IsOwn { get; set; }

    /// <summary>Its parent; null where that is not known, and of what has left the table, so that no chain of the dead is kept.</summary>
    public KnownProcess? Parent { get; set; }

    /// <summary>Counts up when something changes that its children show of it.</summary>
    public int Version { get; set; }

    /// <summary>What is added to its events; null when it has to be made anew.</summary>
    public byte[]? Record { get; set; }

    // What the record was made from.
    public int ParentVersion { get; set; }
    public byte[] Ids { get; set; } = [];
    public long NamesUntil { get; set; }
    public int NamesVersion { get; set; }
    public bool IsElsewhere { get; set; }

    public KnownProcess? Newer { get; set; }
    public KnownProcess? Older { get; set; }
}
