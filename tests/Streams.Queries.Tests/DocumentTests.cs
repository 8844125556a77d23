using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Streams.Engine;
using Streams.Events;
using Streams.Events.Input;
using Xunit;

namespace Streams.Queries.Tests;

/// <summary>What Auditbeat has sent gives the alerts of the records that it read.</summary>
public sealed class DocumentTests
{
    [Fact]
    public void Queries_say_the_same_of_Auditbeats_documents_as_of_the_records()
    {
        Event[] documents = [.. Shipped.Sample.Cast<AuditEvent>().Select(AsAuditbeat)];

        Assert.Equal(Said(Shipped.Sample), Said(documents));
    }

    [Fact]
    [Trait("Found", "P11")]
    public void Alerts_have_the_same_fields_of_a_first_event_in_either_form()
    {
        Event[] documents = [.. Shipped.Sample.Cast<AuditEvent>().Select(AsAuditbeat)];

        Assert.Equal(Fields(Shipped.Sample), Fields(documents));
    }

    private static IEnumerable<string> Fields(IReadOnlyList<Event> events) =>
        Shipped.Run([new Batch(events.ToArray())], new EngineOptions()).Select(alert =>
        {
            var json = new ArrayBufferWriter<byte>();
            AlertDocument.Write(alert, json);
            JsonObject document = JsonNode.Parse(json.WrittenSpan)!.AsObject();
            document.Remove("streams");
            return document.ToJsonString();
        });

    private static IEnumerable<string> Said(IReadOnlyList<Event> events) =>
        Shipped.Run([new Batch(events.ToArray())], new EngineOptions())
            .Select(a => $"{a.Timestamp:o} {a.Query} {a.Status} {a.Id} {a.Revision} {a.Key} {a.Count}: {a.Message}");

    // What we add to its documents is not in its own.
    private static AuditEvent AsAuditbeat(AuditEvent record)
    {
        var json = new ArrayBufferWriter<byte>();
        record.WriteDocument(json);
        JsonObject document = JsonNode.Parse(json.WrittenSpan)!.AsObject();
        JsonObject auditd = document["auditd"]!.AsObject();
        auditd.Remove("decoded");
        auditd.Remove("records");
        return AuditEvent.FromDocument(Encoding.UTF8.GetBytes(document.ToJsonString()), record.Collector);
    }
}
