using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Streams.Events;

namespace Streams.Notify;

/// <summary>
/// An alert as a message of Slack's Block Kit (docs.slack.dev, "Block Kit"). What comes from records stands in <c>plain_text</c> objects or
/// in blocks of code, in neither of which it is formatted.
/// </summary>
internal static class SlackMessage
{
    // Of a header, a field, the text of a section, and the line of a notification; Slack refuses a whole message that has more.
    private const int LongestHeader = 150;
    private const int LongestField = 500;
    private const int LongestMessage = 1000;
    private const int LongestSection = 3000;
    private const int LongestNotification = 500;
    private const int LongestEvidence = 400;

    /// <summary>Writes the message, JSON.</summary>
    /// <param name="alert">The transition.</param>
    /// <param name="evidence">An event of its evidence as a line.</param>
    /// <param name="lines">How many events to show.</param>
    /// <param name="output">Where to.</param>
    public static void Write(Alert alert, Func<Event, string> evidence, int lines, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("text", SlackText.Plain($"{Title(alert)}: {alert.Message}", LongestNotification));

        // Neither markup in that line, nor mentions by name, nor previews, which fetch what a record names.
        json.WriteBoolean("mrkdwn", false);
        json.WriteBoolean("link_names", false);
        json.WriteBoolean("unfurl_links", false);
        json.WriteBoolean("unfurl_media", false);
        json.WriteStartArray("blocks");
        WriteText(json, "header", Title(alert), LongestHeader);
        WriteText(json, "section", alert.Message, LongestMessage);
        WriteFields(json, alert);
        if (alert.Status != AlertStatus.End && lines > 0 && alert.Evidence.Count > 0) WriteEvidence(json, alert, evidence, lines);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Title(Alert alert)
    {
        string what = alert.Status switch { AlertStatus.Start => "", AlertStatus.Update => " goes on", _ => " ended" };
        return $"{Severity(alert)} {alert.Query}{(alert.Host is null ? "" : $" on {alert.Host}")}{what}";
    }

    private static void WriteText(Utf8JsonWriter json, string type, string text, int longest)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WritePropertyName("text");
        WritePlain(json, SlackText.Plain(text, longest));
        json.WriteEndObject();
    }

    private static void WriteFields(Utf8JsonWriter json, Alert alert)
    {
        json.WriteStartObject();
        json.WriteString("type", "section");
        json.WriteStartArray("fields");
        WriteField(json, "Severity", Severity(alert));
        if (alert.Host is not null) WriteField(json, "Host", alert.Host);
        if (alert.Key.Length > 0) WriteField(json, "Key", alert.Key);
        WriteField(json, "Started", Stamp(alert.Started));
        if (alert.Ended is { } ended) WriteField(json, "Ended", Stamp(ended));
        WriteField(json, "Events", alert.Count.ToString("N0", CultureInfo.InvariantCulture));
        if (alert.Techniques.Count > 0) WriteField(json, "ATT&CK", string.Join(", ", alert.Techniques));
        WriteField(json, "Alert", alert.Id);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteField(Utf8JsonWriter json, string name, string value) =>
        WritePlain(json, $"{SlackText.Plain(name, LongestField)}\n{SlackText.Plain(value, LongestField)}");

    // `emoji: false`: a record's :skull: stays what it is.
    private static void WritePlain(Utf8JsonWriter json, string safe)
    {
        json.WriteStartObject();
        json.WriteString("type", "plain_text");
        json.WriteString("text", safe.Length > 0 ? safe : " ");
        json.WriteBoolean("emoji", false);
        json.WriteEndObject();
    }

    private static void WriteEvidence(Utf8JsonWriter json, Alert alert, Func<Event, string> evidence, int lines)
    {
        const string Fence = "```";
        var text = new StringBuilder(Fence);
        foreach (Event shown in alert.Evidence.Take(lines))
        {
            string line = SlackText.Code(evidence(shown), LongestEvidence);
            if (text.Length + line.Length + Fence.Length + 1 > LongestSection) break;
            text.Append('\n').Append(line);
        }

        json.WriteStartObject();
        json.WriteString("type", "section");
        json.WriteStartObject("text");
        json.WriteString("type", "mrkdwn");
        json.WriteString("text", text.Append('\n').Append(Fence).ToString());

        // No links and mentions of what only looks like one.
        json.WriteBoolean("verbatim", true);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string Severity(Alert alert) => alert.Severity.ToString().ToUpperInvariant();

    private static string Stamp(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
