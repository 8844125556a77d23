using System.Buffers;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Streams.Events.Tests;

/// <summary>Documents that are not JSON objects, or whose strings are not Unicode: reading them throws nothing.</summary>
[Trait("Found", "A4")]
public class BrokenDocumentTests
{
    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1]")]
    [InlineData("null")]
    [InlineData("{\"file\":{\"path\":\"/etc/passwd\"}}}")]
    [InlineData("{\"file\":")]
    public void Of_one_that_is_not_an_object_each_field_is_missing(string json)
    {
        FileEvent change = File(Encoding.UTF8.GetBytes(json));

        Assert.Equal(("", null, 0, false), (change.Path, change.MovedFrom, change.ProcessId, change.IsByPackageManager));
        Assert.Empty(change.Actions);
        Assert.True(change[Field.Of("file.path")].IsMissing);
        Assert.Null(new Document("a", "streams", DateTimeOffset.UnixEpoch, 1, Encoding.UTF8.GetBytes(json)).Action);
        using JsonDocument evidence = JsonDocument.Parse(Evidence(change));
        Assert.NotEqual(JsonValueKind.Undefined, evidence.RootElement.ValueKind);
    }

    [Fact]
    public void One_that_is_nested_too_deep_has_no_fields() =>
        Assert.Equal("", File(Encoding.UTF8.GetBytes(new string('[', 100) + new string(']', 100))).Path);

    [Theory]
    [InlineData("\\ud800", "\uFFFD")]
    [InlineData("/tmp/\\udc00x", "/tmp/\uFFFDx")]
    [InlineData("\\ud83d\\ude00\\ud83d\\n\\t\\\\", "\U0001F600\uFFFD\n\t\\")]
    [InlineData("\\ud800\\u0041", "\uFFFDA")]
    public void A_text_with_half_a_surrogate_pair_is_read_with_a_mark_in_its_place(string escaped, string expected) =>
        Assert.Equal(expected, File(Encoding.UTF8.GetBytes($$$"""{"file":{"path":"{{{escaped}}}"}}""")).Path);

    [Fact]
    public void A_text_that_is_not_utf8_is_read_with_a_mark_in_its_place() =>
        Assert.Equal("/tmp/\uFFFD", File([.. "{\"file\":{\"path\":\"/tmp/"u8, 0xFF, .. "\"}}"u8]).Path);

    [Fact]
    public void In_a_list_too() => Assert.Equal(
        ["updated", "\uFFFD"], File("{\"event\":{\"action\":[\"updated\",\"\\ud800\"]}}"u8.ToArray()).Actions);

    [Theory]
    [InlineData("\\ud800")]
    [InlineData("pat\\udfff")]
    public void A_name_with_half_a_surrogate_pair_hides_no_other(string name) => Assert.Equal(
        "/etc/passwd",
        File(Encoding.UTF8.GetBytes($$$"""{"file":{"path":"/etc/passwd","{{{name}}}":1}}""")).Path);

    [Fact]
    public void An_audit_event_with_such_texts_is_read()
    {
        AuditEvent e = AuditEvent.FromDocument(
            """
            {"@timestamp":"2026-01-02T00:00:01.000Z","host":{"name":"a\ud800"},
             "auditd":{"message_type":"user_auth","data":{"acct":"\udc00"}}}
            """u8.ToArray(), "beats");

        Assert.Equal(("a\uFFFD", "\uFFFD"), (e.Host, e.Data("acct")));
    }

    private static FileEvent File(byte[] json) => new("a", "files", DateTimeOffset.UnixEpoch, 1, json);

    private static ReadOnlyMemory<byte> Evidence(Event e)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output)) new EvidenceDocument().Write(json, e);
        return output.WrittenMemory;
    }
}
