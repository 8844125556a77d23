namespace Streams.Audit.Processes;

/// <summary>What the system says about processes that run now: <c>/proc</c>.</summary>
public interface IProcessSource
{
    /// <summary>Tells this run of the kernel from every other: <c>/proc/sys/kernel/random/boot_id</c>.</summary>
    Guid BootId { get; }

    /// <summary>When the clock that <see cref="ProcessStatus.Start"/> counts by was 0, milliseconds since 1970 UTC.</summary>
    long BootTime { get; }

    /// <summary>What changes or can be another process's the next moment; false when there is no such process.</summary>
    bool TryReadStatus(int pid, out ProcessStatus status);

    /// <summary>Whether there is a process of that number.</summary>
    bool Exists(int pid);

    /// <summary>The program and how it was run; null when there is no such process, or it is a thread of the kernel.</summary>
    ProcessDetails? ReadDetails(int pid);

    /// <summary>The control groups of a process, as <c>/proc/PID/cgroup</c> has them; empty when there is no such process.</summary>
    byte[] ReadControlGroups(int pid);

    /// <summary>The processes that there are.</summary>
    IReadOnlyList<int> List();
}

/// <summary>The state of a process: <c>/proc/PID/stat</c>.</summary>
/// <param name="ParentPid">Its parent's number.</param>
/// <param name="Group">Its process group: the number of the group's leader.</param>
/// <param name="Session">Its session: the number of the session's leader.</param>
/// <param name="Start">When it was started, in units of 10 ms since the boot (USER_HZ is 100 on all architectures in use).</param>
/// <param name="Name">Its command name.</param>
public readonly record struct ProcessStatus(int ParentPid, int Group, int Session, long Start, byte[] Name);

/// <summary>What a process runs, for whom.</summary>
/// <param name="Executable">The program's file.</param>
/// <param name="Arguments">The arguments, each ended by a NUL.</param>
/// <param name="WorkingDirectory">The working directory; empty when it cannot be read.</param>
/// <param name="Users">Real, effective, saved and file system user.</param>
/// <param name="Groups">Real, effective, saved and file system group.</param>
/// <param name="AuditUser">Who logged in; <see cref="uint.MaxValue"/> for nobody.</param>
/// <param name="AuditSession">The session of the login; <see cref="uint.MaxValue"/> for none.</param>
public sealed record ProcessDetails(
    byte[] Executable, byte[] Arguments, byte[] WorkingDirectory, uint[] Users, uint[] Groups, uint AuditUser, uint AuditSession);
