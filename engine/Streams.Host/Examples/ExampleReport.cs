using System.Buffers;
using System.Globalization;
using System.Text;
using Streams.Events;
using Streams.Host.Output;

namespace Streams.Host.Examples;

/// <summary>Examples and their outcome, as a test runner prints them.</summary>
internal static class ExampleReport
{
    // A long example is shown around what is wrong, not whole.
    private const int MostInputs = 40;

    /// <summary>One example: a line when it agrees, else the timeline of what came in, what was expected and what was got.</summary>
    /// <param name="example">The example.</param>
    /// <param name="comparison">What was expected against what was got.</param>
    /// <param name="isAbandoned">Whether the query did not return, so that it fails in any case.</param>
    /// <param name="colour">Whether to write ANSI colour sequences.</param>
    public static string Render(Example example, Comparison comparison, bool isAbandoned, bool colour)
    {
        var ink = new Ink(colour);
        if (comparison.Agrees && !isAbandoned)
        {
            return ink.Add("  ✓ ", Ink.Good).Add(TerminalText.Escape(example.Name)).Line().ToString();
        }

        string file = TerminalText.Escape(FileText.Shown(example.File));
        string place = string.Create(CultureInfo.InvariantCulture, $"  {file}:{example.Line}");
        ink.Add("  ✗ ", Ink.Bad).Add(TerminalText.Escape(example.Name), Ink.Bold).Add(place, Ink.Faint).Line();
        foreach ((_, string mark, string what, string? style) in Timeline(example, comparison).OrderBy(entry => entry.Time))
        {
            ink.Add("      ");
            if (style is null) ink.Add(mark + what);
            else ink.Add(mark, style).Add(what);
            ink.Line();
        }

        return ink.ToString();
    }

    /// <summary>The last line.</summary>
    public static string Totals(int passed, int failed, bool colour) =>
        new Ink(colour)
            .Add(string.Create(CultureInfo.InvariantCulture, $"{passed} passed, {failed} failed"), failed > 0 ? Ink.Bad : Ink.Good)
            .Line()
            .ToString();

    private static IEnumerable<(DateTimeOffset Time, string Mark, string What, string? Style)> Timeline(
        Example example, Comparison comparison)
    {
        for (int i = 0; i < Math.Min(example.Input.Count, MostInputs); i++)
        {
            ExampleInput input = example.Input[i];
            yield return (input.At, $"{Offset(example, input.At),-12} in          ", Describe(input), null);
        }

        if (example.Input.Count > MostInputs)
        {
            DateTimeOffset last = example.Input[^1].At;
            yield return (last, $"{Offset(example, last),-12} in          ", $"… and {example.Input.Count - MostInputs} more", null);
        }

        foreach ((_, Alert got) in comparison.Matched)
            yield return (got.Timestamp, $"{Offset(example, got.Timestamp),-12} as expected ", Describe(got), Ink.Good);
        foreach (Alert got in comparison.Unexpected)
            yield return (got.Timestamp, $"{Offset(example, got.Timestamp),-12} got         ", Describe(got), Ink.Bad);
        foreach (ExpectedAlert missing in comparison.Missing)
        {
            DateTimeOffset time = missing.Time ?? example.Start;
            string offset = missing.Time is null ? "any time" : Offset(example, time);
            yield return (time, $"{offset,-12} expected    ", Describe(missing), Ink.Bad);
        }
    }

    private static string Describe(ExampleInput input) => input switch
    {
        EventInput { Event: AuditEvent audit } => TerminalText.Escape(Json(audit), 100),
        EventInput other => EvidenceLine.Render(other.Event, showHost: true, 100),
        LinesInput lines => TerminalText.Escape(lines.Text.Count == 1 ? lines.Text[0] : $"{lines.Text.Count} lines: {lines.Text[0]}", 100),
        HeartbeatInput heartbeat => $"heartbeat of {TerminalText.Escape(heartbeat.Host)}",
        _ => "time goes on",
    };

    private static string Json(Event shown)
    {
        var output = new ArrayBufferWriter<byte>();
        shown.WriteDocument(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static string Describe(Alert alert) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name(alert.Status)} host={TerminalText.Escape(alert.Host ?? "-")} key={TerminalText.Escape(alert.Key, 100)} "
        + $"count={alert.Count} {Name(alert.Severity)} {string.Join(' ', alert.Techniques)} \"{TerminalText.Escape(alert.Message, 200)}\"");

    private static string Describe(ExpectedAlert alert)
    {
        List<string> parts = [Name(alert.Status)];
        if (alert.Host is not null) parts.Add($"host={TerminalText.Escape(alert.Host)}");
        if (alert.Key is not null) parts.Add($"key={TerminalText.Escape(alert.Key)}");
        if (alert.Count is not null) parts.Add(string.Create(CultureInfo.InvariantCulture, $"count={alert.Count}"));
        if (alert.Severity is { } severity) parts.Add(Name(severity));
        if (alert.Techniques is { } techniques) parts.Add(string.Join(' ', techniques.Select(technique => TerminalText.Escape(technique))));
        if (alert.Message is not null) parts.Add($"\"{TerminalText.Escape(alert.Message)}\"");
        return string.Join(' ', parts);
    }

    private static string Name(Severity severity) => severity.ToString().ToLowerInvariant();

    private static string Name(AlertStatus status) => status.ToString().ToLowerInvariant();

    private static string Offset(Example example, DateTimeOffset time)
    {
        TimeSpan offset = time - example.Start;
        string sign = offset < TimeSpan.Zero ? "-" : "+";
        offset = offset.Duration();
        string format =
            offset.TotalDays >= 1 ? @"d'd'hh'h'mm'm'"
            : offset.TotalHours >= 1 ? @"h'h'mm'm'ss's'"
            : offset.TotalMinutes >= 1 ? @"m'm'ss's'"
            : offset.Milliseconds != 0 ? @"s'.'fff's'"
            : @"s's'";
        return sign + offset.ToString(format, CultureInfo.InvariantCulture);
    }
}
