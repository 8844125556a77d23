using System.Globalization;
using Streams.Host.CommandLine;
using Streams.Host.Live;

namespace Streams.Host.Output;

/// <summary>What a live run says when it ends.</summary>
internal static class StopLine
{
    /// <summary>What it has seen, lost and found.</summary>
    public static string Render(LiveFigures figures) => string.Create(
        CultureInfo.InvariantCulture,
        $"stopped after {Durations.Format(figures.Elapsed)}: {Quantity.Of(figures.Engine.Events, "event")}, "
        + $"{Quantity.Of(figures.Lost, "record")} lost, {Quantity.Of(figures.Engine.Alerts, "alert")}");
}
