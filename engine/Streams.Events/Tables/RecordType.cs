namespace Streams.Events.Tables;

/// <summary>The number of a kernel or user-space audit record type (linux/audit.h, libaudit.h).</summary>
public enum RecordType : ushort
{
    /// <summary>No record.</summary>
    None = 0,

    /// <summary>Login id changed.</summary>
    Login = 1006,

    /// <summary>User-space authentication.</summary>
    UserAuth = 1100,

    /// <summary>A system call.</summary>
    Syscall = 1300,

    /// <summary>A path.</summary>
    Path = 1302,

    /// <summary>The rules or settings of audit changed.</summary>
    ConfigChange = 1305,

    /// <summary>A socket's address.</summary>
    Sockaddr = 1306,

    /// <summary>A working directory.</summary>
    Cwd = 1307,

    /// <summary>The arguments of an execution.</summary>
    Execve = 1309,

    /// <summary>The end of an event of several records.</summary>
    Eoe = 1320,

    /// <summary>A command line as the process shows it.</summary>
    Proctitle = 1327,
}
