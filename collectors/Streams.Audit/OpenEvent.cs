using Streams.Events;
using Streams.Events.Tables;

namespace Streams.Audit;

/// <summary>An event that is not complete: its records so far, and its places in the lists of the joiner and of its node.</summary>
internal sealed class OpenEvent
{
    private bool _hasAuxiliary;

    public AuditEventBuilder Builder { get; } = new();

    public NodeState Node { get; set; } = null!;
    public bool IsNamed { get; set; }
    public long Time { get; private set; }
    public uint Serial { get; private set; }
    public bool IsLate { get; private set; }

    /// <summary>The stamp of its node at which it is closed.</summary>
    public long Deadline { get; set; }

    /// <summary>The collector's clock when it began.</summary>
    public long OpenedAt { get; set; }

    /// <summary>Whether it has a SYSCALL or URINGOP record.</summary>
    public bool HasCall => Call >= 0;

    public bool HasSyscall => Call >= 0 && Builder[Call].Type == RecordType.Syscall;
    public bool HasTitle { get; private set; }
    public bool HasQueue { get; private set; }
    public bool HasDirectory { get; private set; }
    public bool HasSockaddr { get; private set; }

    /// <summary>Whether it has a record that the kernel writes for itself, as an AVC, and the call only because of it.</summary>
    public bool HasCause { get; private set; }
    public bool HasEnd { get; set; }
    public int Paths { get; private set; }
    public int Executions { get; private set; }

    /// <summary>Whether it has records that the kernel writes for a call only.</summary>
    public bool BelongsToCall => _hasAuxiliary || HasSockaddr || Paths > 0 || Executions > 0 || (HasTitle && Builder.Count == 1);

    /// <summary>Whether it is what our own collector added, and what it was added to has not come yet.</summary>
    public bool IsAddition => Builder.Count == 1 && Builder[0].Type == RecordType.StreamsProcess;

    /// <summary>Which record is the call; -1 when none is.</summary>
    public int Call { get; private set; }

    /// <summary>What was thrown while it was looked at; null while nothing was.</summary>
    public Exception? Error { get; set; }

    public bool IsIndexed { get; set; }
    public OpenEvent? NextOfKey { get; set; }
    public OpenEvent? Older { get; set; }
    public OpenEvent? Newer { get; set; }
    public OpenEvent? OlderOfNode { get; set; }
    public OpenEvent? NewerOfNode { get; set; }

    public void Begin(NodeState node, bool named, long time, uint serial, long clock, bool late)
    {
        Node = node;
        IsNamed = named;
        Time = time;
        Serial = serial;
        OpenedAt = clock;
        IsLate = late;
        HasTitle = HasQueue = HasDirectory = HasSockaddr = HasEnd = HasCause = _hasAuxiliary = false;
        Paths = Executions = 0;
        Call = -1;
        Error = null;
    }

    public void Add(RecordClass kind, RecordType type, ReadOnlySpan<byte> text)
    {
        switch (kind)
        {
            case RecordClass.Call: Call = Builder.Count; break;
            case RecordClass.Alone: HasCause = true; break;
            case RecordClass.Path: Paths++; break;
            case RecordClass.Execve: Executions++; break;
            case RecordClass.Sockaddr: HasSockaddr = true; break;
            case RecordClass.Proctitle: HasTitle = true; break;
            case RecordClass.Auxiliary:
                _hasAuxiliary = true;
                HasQueue |= type == RecordType.MqOpen;
                HasDirectory |= type == RecordType.Cwd;
                break;
        }

        Builder.Add(type, text);
    }
}
