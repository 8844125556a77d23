namespace Streams.Audit.Netlink;

/// <summary>
/// Whether this process is in the namespaces that the machine started with. In another PID namespace the kernel does not let audit be
/// configured, and the numbers of processes in its records are none of those that <c>/proc</c> has there; in another network namespace it
/// sends no records to those who read along.
/// </summary>
public static class FirstNamespaces
{
    // Inodes of the first namespaces: PROC_PID_INIT_INO of linux/proc_ns.h, NET_NS_INIT_INO of linux/nsfs.h (Linux 6.18).
    private const string FirstPid = "pid:[4026531836]";
    private const string FirstNetwork = "net:[4026531833]";

    /// <summary>Whether processes have their first numbers here; also true where it cannot be found out.</summary>
    public static bool HavePid => Link("/proc/self/ns/pid") is null or FirstPid;

    /// <summary>Whether the network is the machine's; null where it cannot be found out.</summary>
    internal static bool? HaveNetwork
    {
        get
        {
            string? own = Link("/proc/self/ns/net");
            if (own is null or FirstNetwork) return own is null ? null : true;
            if (Environment.OSVersion.Version >= new Version(6, 18)) return false;

            // Before, the number was another on each machine. Process 1 is the machine's only in the first PID namespace.
            return HavePid && Link("/proc/1/ns/net") is { } first ? own == first : null;
        }
    }

    private static string? Link(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
