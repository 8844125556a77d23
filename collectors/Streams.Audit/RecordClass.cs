using Streams.Events.Tables;

namespace Streams.Audit;

/// <summary>What a record's type says about the event that it belongs to.</summary>
internal enum RecordClass : byte
{
    /// <summary>A kernel record that stands alone or precedes a SYSCALL of the same serial (AVC, LOGIN, …), or an unknown one.</summary>
    Alone,

    /// <summary>Written by a program: always an event of its own.</summary>
    Single,

    /// <summary>The system call, or the operation of an io_uring, that the other records belong to.</summary>
    Call,

    /// <summary>Describes a call and is not written without one.</summary>
    Auxiliary,
    Path,
    Execve,
    Sockaddr,

    /// <summary>The last record of a call but for EOE.</summary>
    Proctitle,

    /// <summary>The end of an event of several records; on netlink and to plug-ins only, auditd does not write it to its log.</summary>
    End,

    /// <summary>What our own collector added to an event of the kernel's, as a log has it that it wrote.</summary>
    Addition,
}

internal static class RecordClasses
{
    private static readonly RecordClass[] Table = Make();

    public static RecordClass Of(RecordType type) => (uint)type < (uint)Table.Length ? Table[(int)type] : RecordClass.Alone;

    // Ranges of linux/audit.h. LOGIN (1006) lies among the user's numbers but the kernel writes it, with a SYSCALL behind it.
    private static RecordClass[] Make()
    {
        var table = new RecordClass[(int)RecordType.StreamsProcess + 1];
        table.AsSpan(1100, 200).Fill(RecordClass.Single);
        table.AsSpan(2100, 900).Fill(RecordClass.Single);
        Set(RecordClass.Single, RecordType.User);

        // The kernel asks whether the daemon lives.
        Set(RecordClass.Single, RecordType.Replace);
        Set(RecordClass.Call, RecordType.Syscall, RecordType.Uringop);

        // Collected during the call and written by audit_log_exit (kernel/auditsc.c), behind the SYSCALL.
        Set(
            RecordClass.Auxiliary, RecordType.Ipc, RecordType.Socketcall, RecordType.Cwd, RecordType.IpcSetPerm, RecordType.MqOpen,
            RecordType.MqSendrecv, RecordType.MqNotify, RecordType.MqGetsetattr, RecordType.FdPair, RecordType.ObjPid,
            RecordType.BprmFcaps, RecordType.Capset, RecordType.Mmap, RecordType.KernModule, RecordType.TimeInjoffset,
            RecordType.TimeAdjntpval, RecordType.Openat2);
        Set(RecordClass.Path, RecordType.Path);
        Set(RecordClass.Sockaddr, RecordType.Sockaddr);
        Set(RecordClass.Execve, RecordType.Execve);
        Set(RecordClass.Proctitle, RecordType.Proctitle);
        Set(RecordClass.End, RecordType.Eoe);
        Set(RecordClass.Addition, RecordType.StreamsProcess);
        return table;

        void Set(RecordClass kind, params ReadOnlySpan<RecordType> types)
        {
            foreach (RecordType type in types) table[(int)type] = kind;
        }
    }
}
