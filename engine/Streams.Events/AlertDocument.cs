using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Streams.Events;

/// <summary>
/// An alert's transition as an ECS document: what the alert says, who and what its first event is about (<see cref="AlertFields"/>), whom
/// and what all of its evidence names (<see cref="RelatedValues"/>), and the evidence. Its length is bounded: a document of its evidence
/// has at most 64 KiB, the fields of the first event 16,384 characters together, its message and its key 4,096 each, its host 1,024; what
/// was cut is named in <c>streams.alert.truncated</c>.
/// </summary>
public static class AlertDocument
{
    internal const int LongestHost = 1024;
    private const int LongestText = 4096;

    /// <summary>Writes one transition as one JSON document, UTF-8, without a line end. Its evidence is in Auditbeat's shape.</summary>
    public static void Write(Alert alert, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(alert);
        ArgumentNullException.ThrowIfNull(output);
        var document = new ArrayBufferWriter<byte>(4096);
        try
        {
            Write(alert, document, hasFields: true);
        }
        catch (Exception error) when (EventFaults.IsContained(error))
        {
            // What its events say at its top; as evidence each of them is guarded.
            document.ResetWrittenCount();
            Write(alert, document, hasFields: false);
        }

        output.Write(document.WrittenSpan);
    }

    private static void Write(Alert alert, ArrayBufferWriter<byte> document, bool hasFields)
    {
        using var json = new Utf8JsonWriter(document, ReadableJson.WriterOptions);
        json.WriteStartObject();
        json.WriteString("@timestamp", Time(alert.Timestamp));
        json.WriteStartObject("event");
        json.WriteString("kind", "alert");
        json.WriteString("module", "streams");
        json.WriteNumber("severity", Score(alert.Severity));
        json.WriteEndObject();
        json.WriteStartObject("rule");
        json.WriteString("name", alert.Query);
        json.WriteString("description", alert.Description);
        json.WriteEndObject();
        if (alert.Techniques.Count > 0) WriteTechniques(json, alert.Techniques);
        if (alert.Host is not null)
        {
            json.WriteStartObject("host");
            json.WriteString("name", TextLimit.Cut(alert.Host, LongestHost));
            json.WriteEndObject();
        }

        json.WriteString("message", TextLimit.Cut(alert.Message, LongestText));
        List<string> truncated = Truncated(alert);
        if (hasFields && alert.Evidence is [var first, ..]) AlertFields.Write(json, first, truncated);
        if (hasFields) WriteRelated(json, alert.Evidence, truncated);
        json.WriteStartObject("streams");
        json.WriteStartObject("alert");
        json.WriteString("id", alert.Id);
        json.WriteNumber("revision", alert.Revision);
        json.WriteString("status", Name(alert.Status));
        json.WriteString("severity", Name(alert.Severity));
        json.WriteString("key", TextLimit.Cut(alert.Key, LongestText));
        json.WriteString("started", Time(alert.Started));
        if (alert.Ended is { } ended) json.WriteString("ended", Time(ended));
        json.WriteNumber("count", alert.Count);
        WriteEvidence(json, alert.Evidence, truncated);
        if (truncated.Count > 0) WriteTruncated(json, truncated);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteTechniques(Utf8JsonWriter json, IReadOnlyList<string> techniques)
    {
        json.WriteStartObject("threat");
        json.WriteStartObject("technique");
        json.WriteStartArray("id");
        foreach (string technique in techniques) json.WriteStringValue(technique);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static List<string> Truncated(Alert alert)
    {
        List<string> truncated = [];
        if (alert.Host is { Length: > LongestHost }) truncated.Add("host");
        if (alert.Message.Length > LongestText) truncated.Add("message");
        if (alert.Key.Length > LongestText) truncated.Add("key");
        return truncated;
    }

    private static void WriteRelated(Utf8JsonWriter json, IReadOnlyList<Event> evidence, List<string> truncated)
    {
        var related = new RelatedValues();
        foreach (Event each in evidence) related.Add(each);
        related.Write(json, truncated);
    }

    private static void WriteEvidence(Utf8JsonWriter json, IReadOnlyList<Event> evidence, List<string> truncated)
    {
        json.WriteStartArray("evidence");
        var document = new EvidenceDocument();
        for (int i = 0; i < evidence.Count; i++)
        {
            if (!document.Write(json, evidence[i])) truncated.Add(string.Create(CultureInfo.InvariantCulture, $"evidence[{i}]"));
        }

        json.WriteEndArray();
    }

    private static void WriteTruncated(Utf8JsonWriter json, List<string> truncated)
    {
        json.WriteStartArray("truncated");
        foreach (string part in truncated) json.WriteStringValue(part);
        json.WriteEndArray();
    }

    // Milliseconds are all that the kernel's stamps and Auditbeat's documents have; what is finer, by a clock, is written in full.
    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString(
        time.Ticks % TimeSpan.TicksPerMillisecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss.fff'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'",
        CultureInfo.InvariantCulture);

    // The risk scores that Elastic's detection rules have for these words, so that Kibana sorts both alike.
    private static int Score(Severity severity) => severity switch
    {
        Severity.Info => 1,
        Severity.Low => 21,
        Severity.Medium => 47,
        Severity.High => 73,
        _ => 99,
    };

    private static string Name(AlertStatus status) => status switch
    {
        AlertStatus.Start => "start",
        AlertStatus.Update => "update",
        _ => "end",
    };

    private static string Name(Severity severity) => severity switch
    {
        Severity.Info => "info",
        Severity.Low => "low",
        Severity.Medium => "medium",
        Severity.High => "high",
        _ => "critical",
    };
}
