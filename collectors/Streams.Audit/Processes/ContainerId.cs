namespace Streams.Audit.Processes;

/// <summary>The container that a process belongs to, by the names of its control groups.</summary>
internal static class ContainerId
{
    private const int Digits = 64;

    // Their children are started outside of the container and moved into its control group before they run its program.
    private static readonly string[] Runtimes =
    [
        "containerd-shim", "runc", "crun", "youki", "conmon", "conmon-rs", "dockerd", "docker-init", "lxc-start", "kata-runtime",
    ];

    /// <summary>
    /// The id: docker, podman, containerd and CRI-O name the group after it (<c>docker-ID.scope</c>, <c>libpod-ID.scope</c>,
    /// <c>cri-containerd-ID.scope</c>, <c>kubepods/…/ID</c>), 64 hexadecimal digits; empty outside of containers.
    /// </summary>
    /// <param name="groups"><c>/proc/PID/cgroup</c>.</param>
    public static byte[] Find(ReadOnlySpan<byte> groups)
    {
        // The last one of a path is the innermost.
        int run = 0;
        for (int i = groups.Length - 1; i >= -1; i--)
        {
            if (i >= 0 && (char.IsAsciiDigit((char)groups[i]) || groups[i] is >= (byte)'a' and <= (byte)'f'))
            {
                run++;
                continue;
            }

            if (run == Digits) return groups.Slice(i + 1, Digits).ToArray();
            run = 0;
        }

        return [];
    }

    /// <summary>Whether a program starts containers, so that what it starts may be in another container than itself.</summary>
    /// <param name="name">Its command name as a record has it: in quotes, at most 15 bytes.</param>
    public static bool IsRuntime(ReadOnlySpan<byte> name)
    {
        name = name.Trim((byte)'"');
        if (name.IsEmpty) return false;
        foreach (string runtime in Runtimes)
        {
            if (System.Text.Ascii.Equals(name, runtime.AsSpan(0, Math.Min(runtime.Length, 15)))) return true;
        }

        return false;
    }
}
