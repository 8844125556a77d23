using System.Globalization;
using Streams.Events;

namespace Streams.Host.Output;

/// <summary>An alert as people read it: what and where in one line, the message, then its evidence.</summary>
internal static class AlertBlock
{
    private const int LongestMessage = 1000;

    /// <summary>
    /// The block of one transition, ending with an empty line. An update has its message and the newest event, an end the figures alone.
    /// </summary>
    /// <param name="alert">The transition.</param>
    /// <param name="colour">Whether to write ANSI colour sequences.</param>
    /// <param name="width">How many columns there are; evidence is wrapped there.</param>
    public static string Render(Alert alert, bool colour, int width)
    {
        var ink = new Ink(colour);
        ink.Add($"{alert.Severity.ToString().ToUpperInvariant(),-8}", Ink.Of(alert.Severity));
        ink.Add(" ").Add(TerminalText.Escape(alert.Query), Ink.Bold);
        if (alert.Host is not null) ink.Add(" on ").Add(TerminalText.Escape(alert.Host, 100));
        if (alert.Status != AlertStatus.Start) ink.Add(alert.Status == AlertStatus.End ? " ended" : " goes on");
        ink.Add("  ").Add(Stamp(alert.Timestamp), Ink.Faint).Line();
        if (alert.Status != AlertStatus.End) ink.Add("  ").Add(TerminalText.Escape(alert.Message, LongestMessage)).Line();

        string details = Details(alert);
        if (details.Length > 0) ink.Add("  ").Add(details, Ink.Faint).Line();
        if (alert.Status == AlertStatus.Start) AddEvidence(ink, alert, width);
        else if (alert is { Status: AlertStatus.Update, Evidence: [.., var newest] }) AddEvidence(ink, alert, newest, width);
        return ink.Line().ToString();
    }

    private static void AddEvidence(Ink ink, Alert alert, int width)
    {
        // The first and last eight are kept: what is between them is only counted.
        const int Kept = 8;
        for (int i = 0; i < alert.Evidence.Count; i++)
        {
            if (i == Kept && alert.Count > alert.Evidence.Count)
            {
                string more = string.Create(CultureInfo.InvariantCulture, $"    … {alert.Count - alert.Evidence.Count:N0} more");
                ink.Add(more, Ink.Faint).Line();
            }

            AddEvidence(ink, alert, alert.Evidence[i], width);
        }
    }

    // A terminal has few columns, and what is cut off is lost; a pipe has as many as wanted, and grep reads by lines.
    private static void AddEvidence(Ink ink, Alert alert, Event shown, int width)
    {
        bool showHost = alert.Host is null;
        IEnumerable<string> lines = width < Terminal.PipeWidth
            ? EvidenceLine.Lines(shown, showHost, Math.Max(40, width - 5), alert.Evidence)
            : [EvidenceLine.Render(shown, showHost, width - 5, alert.Evidence)];
        foreach (string line in lines) ink.Add("    ").Add(line).Line();
    }

    private static string Details(Alert alert)
    {
        List<string> parts = [];
        if (alert.Status == AlertStatus.Start) parts.AddRange(alert.Techniques.Select(technique => TerminalText.Escape(technique)));
        if (alert.Key.Length > 0 && alert.Key != alert.Host) parts.Add($"key {TerminalText.Escape(alert.Key, 200)}");
        if (alert.Count > 1) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{alert.Count:N0} events"));
        if (alert.Ended is { } ended && ended > alert.Started) parts.Add($"for {CommandLine.Durations.Format(ended - alert.Started)}");
        return string.Join(" · ", parts);
    }

    private static string Stamp(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
