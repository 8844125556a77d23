namespace Streams.Audit.Rules;

/// <summary>Operations of io_uring by number (linux/io_uring.h).</summary>
internal static class IoUringOperations
{
    private static readonly string[] Names =
    [
        "nop", "readv", "writev", "fsync", "read_fixed", "write_fixed", "poll_add", "poll_remove", "sync_file_range", "sendmsg", "recvmsg",
        "timeout", "timeout_remove", "accept", "async_cancel", "link_timeout", "connect", "fallocate", "openat", "close", "files_update",
        "statx", "read", "write", "fadvise", "madvise", "send", "recv", "openat2", "epoll_ctl", "splice", "provide_buffers",
        "remove_buffers", "tee", "shutdown", "renameat", "unlinkat", "mkdirat", "symlinkat", "linkat", "msg_ring", "fsetxattr", "setxattr",
        "fgetxattr", "getxattr", "socket", "uring_cmd", "send_zc", "sendmsg_zc", "read_multishot", "waitid", "futex_wait", "futex_wake",
        "futex_waitv", "fixed_fd_install", "ftruncate", "bind", "listen", "recv_zc", "epoll_wait", "readv_fixed", "writev_fixed", "pipe",
    ];

    // Those with audit_skip in io_uring/opdef.c; madvise since Linux 6.3.
    private static readonly HashSet<string> NotAudited =
    [
        "nop", "readv", "writev", "fsync", "read_fixed", "write_fixed", "poll_add", "poll_remove", "sync_file_range", "timeout",
        "timeout_remove", "async_cancel", "link_timeout", "files_update", "statx", "read", "write", "fadvise", "madvise", "send", "recv",
        "epoll_ctl", "splice", "provide_buffers", "remove_buffers", "tee", "socket", "send_zc", "read_multishot", "epoll_wait",
        "readv_fixed", "writev_fixed",
    ];

    /// <summary>Whether the kernel records an operation at all; of some it records nothing, whatever the rules are.</summary>
    public static bool IsAudited(int number) => Name(number) is not { } name || !NotAudited.Contains(name);

    /// <summary>The number of a name; -1 if it is not known.</summary>
    public static int Number(string name) => Array.IndexOf(Names, name);

    /// <summary>The name of a number, or null.</summary>
    public static string? Name(int number) => number < Names.Length ? Names[number] : null;

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All => Names;
}
