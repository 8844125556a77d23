using Streams.Events.Tables;

namespace Streams.Audit;

/// <summary>What a record's type says about the event that it belongs to.</summary>
internal enum RecordClass : byte
{
    /// <summary>A kernel record that stands alone or precedes a SYSCALL with the same serial (AVC, LOGIN, CONFIG_CHANGE, …), or an unknown one.</summary>
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
}

internal static class RecordClasses
{
    private static readonly RecordClass[] Table = Make();

    public static RecordClass Of(RecordType type) => (uint)type < (uint)Table.Length ? Table[(int)type] : RecordClass.Alone;

    // Ranges of linux/audit.h. LOGIN (1006) lies among the user's numbers but the kernel writes it, with a SYSCALL behind it.
    private static RecordClass[] Make()
    {
        var table = new RecordClass[3000];
        table[1005] = RecordClass.Single;
        table.AsSpan(1100, 200).Fill(RecordClass.Single);
        table.AsSpan(2100, 900).Fill(RecordClass.Single);
        table[1329] = RecordClass.Single; // REPLACE: the kernel asks whether the daemon lives

        table[1300] = RecordClass.Call;
        table[1336] = RecordClass.Call; // URINGOP

        // Collected during the call and written by audit_log_exit (kernel/auditsc.c), behind the SYSCALL.
        foreach (int type in (ReadOnlySpan<int>)[1303, 1304, 1307, 1311, 1312, 1313, 1314, 1315, 1317, 1318, 1321, 1322, 1323, 1330, 1332, 1333, 1337])
            table[type] = RecordClass.Auxiliary;
        table[1302] = RecordClass.Path;
        table[1306] = RecordClass.Sockaddr;
        table[1309] = RecordClass.Execve;
        table[1327] = RecordClass.Proctitle;
        table[1320] = RecordClass.End;
        return table;
    }
}
