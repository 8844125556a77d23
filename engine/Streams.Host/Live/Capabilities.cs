using System.Globalization;

namespace Streams.Host.Live;

/// <summary>The rights of this process beyond those of an ordinary user: capabilities(7).</summary>
internal static class Capabilities
{
    // Numbers of linux/capability.h.
    private static readonly (string Name, int Number, bool IsForFiles, string Without)[] Wanted =
    [
        ("CAP_AUDIT_CONTROL", 30, false,
            "no audit rules can be loaded and no audit setting changed: only what the rules of others record is read"),
        ("CAP_AUDIT_READ", 37, false, "audit records cannot be read while another program is the audit daemon"),
        ("CAP_DAC_READ_SEARCH", 2, true,
            "files and folders that this user may not read are not watched, and the others by inotify, which does not name the process"),
        ("CAP_SYS_ADMIN", 21, true, "files are watched by inotify, which does not tell who changed them"),
        ("CAP_SYS_PTRACE", 19, false, "processes of other users have no executable where no record names it"),
        ("CAP_NET_ADMIN", 12, false, "the audit socket's buffer cannot be made larger than net.core.rmem_max"),
    ];

    /// <summary>What this process lacks, each with what does not work without it.</summary>
    /// <param name="status">The text of /proc/self/status.</param>
    public static IReadOnlyList<(string Name, bool IsForFiles, string Without)> Missing(string status)
    {
        const string effective = "CapEff:";
        int at = status.IndexOf(effective, StringComparison.Ordinal);
        if (at < 0) return [];
        ReadOnlySpan<char> digits = status.AsSpan(at + effective.Length);
        int end = digits.IndexOf('\n');
        if (end >= 0) digits = digits[..end];
        if (!ulong.TryParse(digits.Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong held)) return [];
        return [.. Wanted.Where(c => (held & 1UL << c.Number) == 0).Select(c => (c.Name, c.IsForFiles, c.Without))];
    }
}
