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
        $"stopped after {Durations.Format(figures.Elapsed)}: {figures.Engine.Events:N0} events, {figures.Lost:N0} records lost, {figures.Engine.Alerts:N0} alerts");
}
