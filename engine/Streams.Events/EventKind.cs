namespace Streams.Events;

/// <summary>What an event is about; the first thing that routing looks at.</summary>
public enum EventKind : byte
{
    /// <summary>All kernel records of one (node, time, serial), or the same thing as an Auditbeat document.</summary>
    Audit,

    /// <summary>One change seen by the file-integrity watcher.</summary>
    File,

    /// <summary>A process that was there before we looked.</summary>
    ProcessSnapshot,

    /// <summary>Anything else that came in.</summary>
    Document,

    /// <summary>A host is alive and has told all up to a time.</summary>
    Heartbeat,

    /// <summary>Records were lost: where, how many, why.</summary>
    Gap,

    /// <summary>This process itself was down.</summary>
    Outage,
}
