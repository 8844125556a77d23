using System.Globalization;
using Streams.Host.CommandLine;

namespace Streams.Host.Output;

/// <summary>How a live run is doing, in one line.</summary>
internal static class StatusLine
{
    /// <summary>The line, without an end, less than <paramref name="width"/> columns.</summary>
    /// <param name="rate">Events a second, of late.</param>
    /// <param name="events">Events since the start.</param>
    /// <param name="lost">Records lost.</param>
    /// <param name="alerts">Alerts since the start.</param>
    /// <param name="open">Alerts that have not ended.</param>
    /// <param name="elapsed">Time since the start.</param>
    /// <param name="width">Columns of the terminal.</param>
    public static string Render(double rate, long events, long lost, long alerts, long open, TimeSpan elapsed, int width)
    {
        string said = Quantity.Of(alerts, "alert") + (open > 0 ? string.Create(CultureInfo.InvariantCulture, $" ({open:N0} open)") : "");
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"{rate:N0} events/s  {events:N0} events  {lost:N0} lost  {said}  up {Durations.Format(elapsed)}");
        return line.Length < width ? line : line[..Math.Max(0, width - 1)];
    }
}
