using System.Globalization;
using System.Text;

namespace Streams.Host.Output;

/// <summary>The figures of a run in a few lines.</summary>
internal static class Summary
{
    /// <summary>The lines, the last with its end.</summary>
    public static string Render(RunFigures run)
    {
        var text = new StringBuilder();
        double seconds = Math.Max(run.Elapsed.TotalSeconds, 0.001);
        string rate = run.Records > 0 ? Invariant($" ({run.Records / seconds:N0} records/s)") : "";
        string begin = run.Interrupted ? "interrupted after " : "";
        Add(text, $"{begin}{Quantity.Of(run.Events, "event")} from {Quantity.Of(run.Records, "record")} in {Elapsed(run.Elapsed)}{rate}");
        if (run.Alerts.Count > 0) Add(text, $"alerts: {Alerts(run)}");
        if (run.Torn > 0) Add(text, $"torn: {Quantity.Of(run.Torn, "event")} without all {(run.Torn == 1 ? "its" : "their")} records");
        if (run.Late > 0)
        {
            string whose = run.Late == 1 ? "its" : "their";
            Add(text, $"late: {Quantity.Of(run.Late, "event")} of records that came after the rest of {whose} event");
        }

        if (run.Repeated > 0) Add(text, $"repeated: {Quantity.Of(run.Repeated, "event")} that another input has as well, counted once");
        if (run.Ahead is { } ahead)
        {
            string first = TerminalText.Escape($"{ahead.Host} at {ahead.Claimed:u} in {ahead.Path}, changed before {ahead.Latest:u}");
            string what = $"with a stamp that is not believed, first {first}";
            Add(text, $"ahead: {Quantity.Of(ahead.Count, "event")} {what}; windows take the time around it");
        }

        return text.Append(Unread(run)).ToString();
    }

    /// <summary>What could not be read: lines that held no record, by kind, and files that were left out; empty when all could.</summary>
    public static string Unread(RunFigures run)
    {
        var text = new StringBuilder();
        foreach (BadLines bad in run.BadLines)
        {
            if (bad.Count > 0) Add(text, $"bad lines: {bad.Count:N0} {bad.Kind}{(bad.Remedy is null ? "" : $"; {bad.Remedy}")}");
        }

        KeyValuePair<string, long>[] faulty = [.. run.Faulty.Where(cause => cause.Value > 0)];
        if (faulty.Length > 0)
        {
            IEnumerable<string> causes = faulty.Select(cause => Invariant($"{cause.Key.Split('.')[^1]} {cause.Value:N0}"));
            string events = Quantity.Of(faulty.Sum(cause => cause.Value), "event");
            Add(text, $"faulty: Streams failed at {events} and kept the records ({string.Join(", ", causes)}); please report it");
        }

        foreach (string file in run.Skipped) Add(text, $"skipped: {TerminalText.Escape(file)}");
        return text.ToString();
    }

    private static string Alerts(RunFigures run)
    {
        long all = run.Alerts.Sum(query => query.Value);
        if (all == 0) return "none";
        IEnumerable<string> each = run.Alerts
            .Where(query => query.Value > 0)
            .Select(query => Invariant($"{TerminalText.Escape(query.Key)} {query.Value:N0}"));
        string open = run.Open > 0 ? Invariant($", {run.Open:N0} still open at the end") : "";
        return Invariant($"{all:N0} ({string.Join(", ", each)}){open}");
    }

    private static string Elapsed(TimeSpan elapsed) =>
        elapsed.TotalSeconds < 10 ? Invariant($"{elapsed.TotalSeconds:0.00} s") : CommandLine.Durations.Format(elapsed);

    private static void Add(StringBuilder text, FormattableString line) => text.Append(Invariant(line)).Append('\n');

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
