using System.Globalization;

namespace Streams.Host.CommandLine;

/// <summary>Numbers of bytes as people write them: <c>1048576</c>, <c>50 MiB</c>, <c>10 MB</c>.</summary>
internal static class Sizes
{
    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("B", 1), ("", 1),
    ];

    /// <summary>Reads a number of bytes.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        foreach ((string unit, long factor) in Units)
        {
            if (!text.EndsWith(unit, StringComparison.OrdinalIgnoreCase)) continue;
            string amount = text[..^unit.Length].TrimEnd();
            if (!decimal.TryParse(amount, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)) return false;
            decimal all = number * factor;
            if (all > long.MaxValue) return false;
            bytes = (long)all;
            return true;
        }

        return false;
    }
}
