using System.Globalization;
using Streams.Host.CommandLine;

namespace Streams.Host.Output;

/// <summary>How far a run has come, in one line.</summary>
internal static class ProgressLine
{
    /// <summary>The line, without an end, less than <paramref name="width"/> columns.</summary>
    /// <param name="read">Bytes read.</param>
    /// <param name="total">Bytes there are; 0 when nobody knows.</param>
    /// <param name="records">Records read.</param>
    /// <param name="elapsed">Time since the start.</param>
    /// <param name="width">Columns of the terminal.</param>
    public static string Render(long read, long total, long records, TimeSpan elapsed, int width)
    {
        double seconds = Math.Max(elapsed.TotalSeconds, 0.001);
        string rate = string.Create(CultureInfo.InvariantCulture, $"{records:N0} records  {records / seconds:N0}/s");
        if (total <= 0) return Cut(rate, width);

        double part = Math.Clamp((double)read / total, 0, 1);
        string left = part is > 0.01 and < 1 ? $"  {Durations.Format(TimeSpan.FromSeconds(seconds / part * (1 - part)))} left" : "";
        string figures = string.Create(CultureInfo.InvariantCulture, $" {part * 100,3:0} %  {rate}{left}");
        int bar = Math.Min(30, width - figures.Length - 3);
        if (bar < 5) return Cut(figures.TrimStart(), width);
        int full = (int)(part * bar);
        return $"[{new string('#', full)}{new string('-', bar - full)}]{figures}";
    }

    private static string Cut(string text, int width) => text.Length < width ? text : text[..Math.Max(0, width - 1)];
}
