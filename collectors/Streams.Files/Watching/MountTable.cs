using System.Text;

namespace Streams.Files.Watching;

/// <summary>The mounts of this process's namespace: <c>/proc/self/mountinfo</c> (proc_pid_mountinfo(5)).</summary>
internal sealed class MountTable
{
    // ID parent major:minor root mountpoint options … - type source options
    private const int PointField = 4;

    private MountTable(IReadOnlyList<Mount> mounts) => Mounts = mounts;

    /// <summary>The mounts, the later over the earlier.</summary>
    public IReadOnlyList<Mount> Mounts { get; }

    /// <summary>Reads the table.</summary>
    public static MountTable Read() => Parse(File.ReadLines("/proc/self/mountinfo"));

    /// <summary>Reads the lines of a table.</summary>
    public static MountTable Parse(IEnumerable<string> lines)
    {
        var mounts = new List<Mount>();
        foreach (string line in lines)
        {
            string[] fields = line.Split(' ');
            int separator = Array.IndexOf(fields, "-");
            if (separator > PointField && separator + 1 < fields.Length)
                mounts.Add(new Mount(fields[0], Unescape(fields[PointField]), fields[separator + 1]));
        }

        return new MountTable(mounts);
    }

    /// <summary>The mount that a path is on.</summary>
    public Mount Of(string path) =>
        Mounts.Where(mount => PathPattern.IsSameOrBelow(path, mount.Point))
            .Aggregate((best, mount) => mount.Point.Length >= best.Point.Length ? mount : best);

    /// <summary>The mounts below a folder that can be seen, itself not counted.</summary>
    public IEnumerable<Mount> Below(string folder) =>
        Mounts.Where(mount => mount.Point != folder && PathPattern.IsSameOrBelow(mount.Point, folder) && Of(mount.Point) == mount);

    // Space, tab, line end and backslash are octal: \040.
    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal)) return text;
        var result = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length)
            {
                result.Append((char)Convert.ToInt32(text.Substring(i + 1, 3), 8));
                i += 3;
            }
            else
            {
                result.Append(text[i]);
            }
        }

        return result.ToString();
    }
}

/// <summary>A mount.</summary>
/// <param name="Id">Its number, which another mount in the same place does not have.</param>
/// <param name="Point">Where it is.</param>
/// <param name="Type">The file system's type, for instance <c>ext4</c>.</param>
internal sealed record Mount(string Id, string Point, string Type);
