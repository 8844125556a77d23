using Streams.Events;
using Streams.Host.Output;

namespace Streams.Host.Running;

/// <summary>What the operator should know of events at which Streams failed.</summary>
internal static class FaultLines
{
    /// <summary>The line of a report.</summary>
    public static string Render(FaultReport report) => $"error: {report.Collector}: a fault of Streams: {report}";

    /// <summary>Reports all that there is, at the end of a run.</summary>
    /// <param name="report">Takes a line.</param>
    /// <param name="logs">Where faults were counted; null for nowhere.</param>
    public static void Report(Action<string> report, params ReadOnlySpan<FaultLog?> logs)
    {
        foreach (FaultLog? log in logs)
        {
            foreach (FaultReport each in log?.Take(0, all: true) ?? [])
                report($"streams: {TerminalText.Escape(Render(each), 2000)}");
        }
    }
}
