using System.Buffers;
using System.Globalization;

namespace Streams.Host.CommandLine;

/// <summary>Lengths of time as people write them: <c>0</c>, <c>500ms</c>, <c>90m</c>, <c>24h</c>, <c>7d</c>, <c>1d12h</c>.</summary>
internal static class Durations
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    /// <summary>Reads a length of time; false for what is none, a negative one, or one of more than a hundred years.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        if (rest is "0") return true;
        if (rest.IsEmpty) return false;

        double seconds = 0;
        while (!rest.IsEmpty)
        {
            int digits = rest.IndexOfAnyExcept(Digits);
            if (digits <= 0
                || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
            {
                return false;
            }

            rest = rest[digits..];
            int letters = rest.IndexOfAny(Digits);
            if (letters < 0) letters = rest.Length;
            double unit = rest[..letters] switch
            {
                "ms" => 0.001,
                "s" => 1,
                "m" => 60,
                "h" => 3600,
                "d" => 86_400,
                "w" => 7 * 86_400,
                _ => 0,
            };
            if (unit == 0) return false;
            seconds += number * unit;
            rest = rest[letters..];
        }

        const double Longest = 100 * 366 * 86_400.0;
        if (seconds > Longest) return false;
        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }

    /// <summary>A length of time for people: two units at most, <c>1 d 4 h</c>, <c>12 m 5 s</c>, <c>0.8 s</c>.</summary>
    public static string Format(TimeSpan duration)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        return duration switch
        {
            { TotalSeconds: < 10 } => string.Create(culture, $"{duration.TotalSeconds:0.0} s"),
            { TotalMinutes: < 1 } => string.Create(culture, $"{(int)duration.TotalSeconds} s"),
            { TotalHours: < 1 } => string.Create(culture, $"{duration.Minutes} m {duration.Seconds} s"),
            { TotalDays: < 1 } => string.Create(culture, $"{duration.Hours} h {duration.Minutes} m"),
            _ => string.Create(culture, $"{(int)duration.TotalDays} d {duration.Hours} h"),
        };
    }
}
