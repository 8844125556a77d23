using System.Globalization;
using System.IO.Compression;

namespace Streams.Audit.Netlink;

/// <summary>
/// How many jiffies the kernel has a second (CONFIG_HZ). No system call tells: sysconf(_SC_CLK_TCK) is 100 whatever it is.
/// </summary>
/// <param name="PerSecond">Jiffies a second.</param>
/// <param name="Source">Where that is from.</param>
internal sealed record KernelTicks(int PerSecond, string Source)
{
    // What distributions for servers build with.
    private const int Usual = 250;

    // The values that kernel/Kconfig.hz offers.
    private static readonly int[] Known = [100, 250, 300, 1000];

    /// <summary>Looks in the kernel's configuration, else counts from the timers' list.</summary>
    public static KernelTicks Find() =>
        FromConfiguration("/proc/config.gz")
        ?? FromConfiguration($"/boot/config-{Release()}")
        ?? FromConfiguration($"/lib/modules/{Release()}/config")
        ?? FromTimers()
        ?? new KernelTicks(Usual, "assumed");

    /// <summary>Reads the value from the lines of a kernel's configuration.</summary>
    public static int? Configured(TextReader lines)
    {
        while (lines.ReadLine() is { } line)
        {
            if (!line.StartsWith("CONFIG_HZ=", StringComparison.Ordinal)) continue;
            return Number(line.AsSpan(10)) is > 0 and <= int.MaxValue and var value ? (int)value : null;
        }

        return null;
    }

    /// <summary>
    /// Finds the value from <c>/proc/timer_list</c>: jiffies begin 300 s before 2^32 (INITIAL_JIFFIES of linux/jiffies.h), and the list
    /// has the time since boot beside them.
    /// </summary>
    public static int? Counted(TextReader lines)
    {
        long? nanoseconds = null;
        while (lines.ReadLine() is { } line)
        {
            if (line.StartsWith("now at ", StringComparison.Ordinal)) nanoseconds = Number(line.AsSpan(7));
            if (!line.StartsWith("jiffies: ", StringComparison.Ordinal) || nanoseconds is not { } now) continue;
            double seconds = now / 1e9 - 300;
            long jiffies = Number(line.AsSpan(9)) - (1L << 32);

            // Near 300 s all values give the same count.
            if (Math.Abs(seconds) < 10) return null;
            double rate = jiffies / seconds;
            int nearest = Known.MinBy(value => Math.Abs(value - rate));
            return Math.Abs(nearest - rate) < nearest * 0.05 ? nearest : null;
        }

        return null;
    }

    private static long Number(ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAnyExceptInRange('0', '9');
        return long.TryParse(end < 0 ? text : text[..end], NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : 0;
    }

    private static KernelTicks? FromConfiguration(string path) =>
        Read(path, Configured, packed: path.EndsWith(".gz", StringComparison.Ordinal));

    private static KernelTicks? FromTimers() => Read("/proc/timer_list", Counted, packed: false);

    private static KernelTicks? Read(string path, Func<TextReader, int?> find, bool packed)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            using var reader = new StreamReader(packed ? new GZipStream(file, CompressionMode.Decompress) : file);
            return find(reader) is { } found ? new KernelTicks(found, path) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return null;
        }
    }

    private static string Release()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
