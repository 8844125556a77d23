using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Streams.Events.Tables;
using Streams.Testing;
using Xunit;

namespace Streams.Events.Tests;

/// <summary>An event at which decoding fails is read as far as that works, marked, and written with its records.</summary>
[Trait("Found", "C1")]
public sealed class EventFaultTests
{
    private static readonly Field Fault = Field.Of("streams.fault");

    [Fact]
    public void A_field_that_cannot_be_read_is_missing_and_the_others_are_read()
    {
        AuditEvent bad = Damaged("arch=c000003e syscall=59 success=yes pid=7 exe=\"/bin/x\"");
        Assert.Equal("/bin/x", bad[Field.Of("process.executable")].ToString());
        Assert.Equal(EventFault.None, bad.Fault);
        Assert.True(bad[Field.Of("process.args")].IsMissing);
        Assert.Equal(EventFault.Decode, bad.Fault);
        Assert.Null(bad.Data("acct"));
        Assert.Empty(bad.Paths);
        Assert.Equal("/bin/x", bad[Field.Of("process.executable")].ToString());
        Assert.Equal("/bin/y", Audit.Of("type=SYSCALL exe=\"/bin/y\"").Process.Executable);
    }

    [Fact]
    public void A_fault_is_taken_once_with_what_was_thrown()
    {
        AuditEvent bad = Damaged("pid=7");
        Assert.Equal(EventFault.None, bad.TakeFault(out _));
        _ = bad[Field.Of("process.args")];
        Assert.Equal(EventFault.Decode, bad.TakeFault(out Exception? error));
        Assert.IsType<ArgumentOutOfRangeException>(error);
        Assert.Equal(EventFault.None, bad.TakeFault(out _));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_field_of_the_fault_does_not_depend_on_what_was_read_before(bool isRead)
    {
        AuditEvent bad = Damaged("pid=7");
        if (isRead) _ = bad[Field.Of("process.args")];
        Assert.Equal("decode", bad[Fault].ToString());
        Assert.True(Audit.Of("type=SYSCALL pid=7")[Fault].IsMissing);
    }

    [Fact]
    public void A_document_that_cannot_be_written_has_the_time_the_host_and_the_records()
    {
        AuditEvent bad = Damaged("pid=7 exe=\"/bin/x\"");
        using JsonDocument document = Written(bad);
        Assert.Equal("2026-01-02T03:04:05.678Z", document.RootElement.GetProperty("@timestamp").GetString());
        Assert.Equal("web-01", document.RootElement.GetProperty("host").GetProperty("name").GetString());
        Assert.Equal("decode", document.RootElement.GetProperty("streams").GetProperty("fault").GetString());
        Assert.Equal(
            ["type=SYSCALL msg=audit(1767323045.678:42): pid=7 exe=\"/bin/x\"", "type=UNKNOWN[0] msg=audit(1767323045.678:42): "],
            document.RootElement.GetProperty("event").GetProperty("original").EnumerateArray().Select(line => line.GetString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{\"a\":1}}")]
    public void A_document_that_is_not_an_object_has_no_fields_but_the_fault(string json)
    {
        var bad = new Document("web-01", "files", Audit.Time("2026-01-02T03:04:05Z"), 7, Encoding.UTF8.GetBytes(json));
        Assert.Null(bad.Action);
        Assert.Equal(("decode", "web-01"), (bad[Fault].ToString(), bad[Field.Of("host.name")].ToString()));
        Assert.Equal(EventFault.Decode, bad.TakeFault(out _));
        using JsonDocument document = Written(bad);
        Assert.Equal("decode", document.RootElement.GetProperty("streams").GetProperty("fault").GetString());
        Assert.Equal(json, document.RootElement.GetProperty("event").GetProperty("original")[0].GetString());
    }

    [Theory]
    [InlineData(@"{""x"":""\ud800""}", "\uFFFD")]
    [InlineData(@"{""x"":""\uDC00\ud800a""}", "\uFFFD\uFFFDa")]
    [InlineData(@"{""x"":""\ud83d\ude00\ud83d""}", "\U0001F600\uFFFD")]
    [InlineData(@"{""x"":""\\ud800 \ud800\n""}", "\\ud800 \uFFFD\n")]
    [InlineData(@"{""x"":[""a"",""\ud800""]}", "a, \uFFFD")]
    public void Half_a_surrogate_pair_in_a_document_is_a_replacement_character(string json, string expected)
    {
        var odd = new Document("web-01", "files", Audit.Time("2026-01-02T03:04:05Z"), 7, Encoding.UTF8.GetBytes(json));
        Assert.Equal((expected, EventFault.None), (odd.Text("x"), odd.Fault));
        AuditEvent beat = AuditEvent.FromDocument(
            Encoding.UTF8.GetBytes(json.Replace("\"x\"", "\"@timestamp\":\"2026-01-02T03:04:05Z\",\"x\"", StringComparison.Ordinal)),
            "beats", "web-01");
        Assert.Equal((expected, EventFault.None), (beat[Field.Of("x")].ToString(), beat.Fault));
    }

    [Fact]
    public void Bytes_in_a_document_that_are_not_text_are_replacement_characters()
    {
        byte[] json = [.. "{\"x\":\"a"u8, 0xFF, .. "b\"}"u8];
        Assert.Equal("a\uFFFDb", new Document("web-01", "files", Audit.Time("2026-01-02T03:04:05Z"), 7, json).Text("x"));
    }

    [Fact]
    public void A_gap_of_records_that_were_kept_says_what_failed()
    {
        DateTimeOffset at = Audit.Time("2026-01-02T03:04:05Z");
        var gap = new Gap("web-01", "audit", at, at, 1, 12, Gap.Faulty, EventFault.Enrich);
        Assert.True(gap.IsKept);
        Assert.Equal(("faulty", "enrich"), (gap[Field.Of("streams.gap.cause")].ToString(), gap[Field.Of("streams.gap.fault")].ToString()));
        using JsonDocument document = Written(gap);
        Assert.Equal("enrich", document.RootElement.GetProperty("streams").GetProperty("gap").GetProperty("fault").GetString());
        using JsonDocument lost = Written(new Gap("web-01", "audit", at, at, 1, 12, "full"));
        Assert.False(lost.RootElement.GetProperty("streams").GetProperty("gap").TryGetProperty("fault", out _));
    }

    // No collector makes such an event: its second record ends beyond its text.
    private static AuditEvent Damaged(string call)
    {
        AuditEvent sound = Audit.Of("type=SYSCALL " + call, "type=EXECVE ");
        byte[] records = [.. sound.Buffer];
        BinaryPrimitives.WriteInt32LittleEndian(records.AsSpan(records.Length - 4), records.Length + 8);
        return new AuditEvent(
            sound.Host, sound.Collector, sound.Occurred, sound.Serial, records, 2, AuditEvent.BitOf(RecordType.Syscall), null, false);
    }

    private static JsonDocument Written(Event e)
    {
        var output = new ArrayBufferWriter<byte>();
        e.WriteDocument(output);
        return JsonDocument.Parse(output.WrittenMemory);
    }
}
