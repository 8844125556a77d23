using System.Buffers;
using System.Text;
using System.Text.Json;
using CsCheck;
using Streams.Testing;
using Xunit;

namespace Streams.Events.Tests;

public class AlertDocumentTests
{
    private const int LongestDocument = 64 * 1024;
    private static readonly Gen<string> Letters = Gen.OneOf([.. new[] { "a", "é", "\\u0001", "€", "😀" }.Select(Gen.Const)]);
    private static readonly Gen<string> Atoms = Gen.OneOf([.. new[] { "true", "null", "[]", "{}" }.Select(Gen.Const)]);

    [Fact]
    public void Evidence_of_ordinary_length_stays_as_it_is()
    {
        AuditEvent run = Audit.Execve("web-01", "2026-01-02T03:04:05.678Z", 7, "/bin/sh", ["sh", "-c", new string('x', 20_000)]);
        JsonElement alert = Written(Found(run));

        Assert.Equal(Whole(run), EvidenceOf(alert)[0].GetRawText());
        Assert.Equal(["process.title", "process.args"], alert.GetProperty("truncated").EnumerateArray().Select(part => part.GetString()!));
    }

    [Fact]
    public void Evidence_of_megabytes_is_cut_to_64_KiB_and_says_so()
    {
        AuditEvent run = Audit.Execve("web-01", "2026-01-02T03:04:05.678Z", 7, "/bin/sh", ["sh", "-c", new string('x', 5_000_000)]);
        AuditEvent next = Audit.Connect("web-01", "2026-01-02T03:04:06.678Z", 8, "/bin/sh", "203.0.113.9", 443);
        JsonElement alert = Written(Found(next, run));

        JsonElement cut = EvidenceOf(alert)[1];
        Assert.InRange(cut.GetRawText().Length, 1, LongestDocument);
        Assert.Equal(["evidence[1]"], alert.GetProperty("truncated").EnumerateArray().Select(part => part.GetString()!));
        Assert.Equal("-c", cut.GetProperty("process").GetProperty("args")[1].GetString());
        string command = cut.GetProperty("process").GetProperty("args")[2].GetString()!;
        Assert.EndsWith("x… [cut: 5000000 characters]", command, StringComparison.Ordinal);
        using var whole = JsonDocument.Parse(Whole(run));
        Assert.Equal(Names(whole.RootElement), Names(cut));
    }

    [Fact]
    public void A_list_of_many_is_cut_and_says_how_many_there_were()
    {
        AuditEvent run = Audit.Execve(
            "web-01", "2026-01-02T03:04:05.678Z", 7, "/bin/sh", [.. Enumerable.Range(0, 30_000).Select(i => $"argument-{i}")]);
        JsonElement arguments = EvidenceOf(Written(Found(run)))[0].GetProperty("process").GetProperty("args");

        int kept = arguments.GetArrayLength() - 1;
        Assert.Equal($"argument-{kept - 1}", arguments[kept - 1].GetString());
        Assert.Equal($"… [cut: {30_000 - kept} more]", arguments[kept].GetString());
    }

    [Fact]
    public void The_records_of_a_document_that_came_in_go_first()
    {
        string original = new('r', LongestDocument), title = new('t', 20_000);
        JsonElement cut = EvidenceOf(Written(Found(Came(
            $$$"""{"event":{"action":"executed","original":["{{{original}}}"]},"process":{"title":"{{{title}}}"}}"""))))[0];

        Assert.Equal("executed", cut.GetProperty("event").GetProperty("action").GetString());
        Assert.False(cut.GetProperty("event").TryGetProperty("original", out _));
        Assert.Equal(title, cut.GetProperty("process").GetProperty("title").GetString());
    }

    [Fact]
    public void Of_a_long_document_that_cannot_be_read_time_and_host_and_the_fault_are_left()
    {
        JsonElement cut = EvidenceOf(Written(Found(Came("no JSON at all " + new string(' ', LongestDocument)))))[0];

        Assert.Equal("2026-01-02T00:00:00.000Z", cut.GetProperty("@timestamp").GetString());
        Assert.Equal("web-01", cut.GetProperty("host").GetProperty("name").GetString());
        Assert.Equal("decode", cut.GetProperty("streams").GetProperty("fault").GetString());
    }

    [Fact]
    [Trait("Found", "C1")]
    public void Half_a_surrogate_pair_in_a_long_document_costs_that_character()
    {
        JsonElement cut = EvidenceOf(Written(Found(Came("""{"a":"\ud800"}""" + new string(' ', LongestDocument)))))[0];

        Assert.Equal("\uFFFD", cut.GetProperty("a").GetString());
    }

    [Fact]
    [Trait("Found", "C1")]
    public void An_event_that_cannot_be_written_costs_its_own_evidence()
    {
        JsonElement evidence = EvidenceOf(Written(Found(new OddEvent(VirtualTime.Start, 1), Came("""{"a":"b"}"""))));

        Assert.Equal("""{"@timestamp":"2026-01-02T00:00:00.000Z","host":{"name":"web-01"},"streams":{"fault":"document"}}""",
            evidence[0].GetRawText());
        Assert.Equal("b", evidence[1].GetProperty("a").GetString());
    }

    [Fact]
    public void Message_key_and_host_are_cut_and_named()
    {
        string text = new('m', 1_000_000);
        using var document = JsonDocument.Parse(Text(Found(Came("{}")) with { Message = text, Key = text, Host = text }));
        JsonElement alert = document.RootElement.GetProperty("streams").GetProperty("alert");

        Assert.Equal(["host", "message", "key"], alert.GetProperty("truncated").EnumerateArray().Select(part => part.GetString()!));
        Assert.Equal($"{text[..4096]}… [cut: 1000000 characters]", document.RootElement.GetProperty("message").GetString());
        Assert.Equal($"{text[..4096]}… [cut: 1000000 characters]", alert.GetProperty("key").GetString());
        Assert.Equal($"{text[..1024]}… [cut: 1000000 characters]",
            document.RootElement.GetProperty("host").GetProperty("name").GetString());
    }

    [Fact]
    public void A_cut_leaves_no_half_of_a_letter()
    {
        string text = new string('m', 4095) + "😀😀";

        using var document = JsonDocument.Parse(Text(Found(Came("{}")) with { Message = text }));

        Assert.Equal($"{text[..4095]}… [cut: 4099 characters]", document.RootElement.GetProperty("message").GetString());
    }

    [Fact]
    public void No_document_makes_evidence_longer_than_64_KiB_or_no_JSON() =>
        Values(depth: 2).Array[0, 40].Sample(
            members =>
            {
                string json = $"{{{string.Join(',', members.Select((value, i) => $"\"member-{i}\":{value}"))}}}";
                JsonElement cut = EvidenceOf(Written(Found(Came(json))))[0];
                return Encoding.UTF8.GetByteCount(cut.GetRawText()) <= LongestDocument;
            },
            iter: Campaign.Cases(100));

    [Fact]
    [Trait("Found", "P11")]
    public void A_document_that_cannot_be_read_leaves_the_others_of_the_alert_whole()
    {
        AuditEvent run = Audit.Execve("web-01", "2026-01-02T03:04:05.678Z", 7, "/bin/sh", ["sh"]);
        foreach (string json in (string[])["no JSON", """["a"]""", "{", """{"a":"b"}{}""", ""])
        {
            JsonElement evidence = EvidenceOf(Written(Found(Came(json), run)));
            Assert.Equal(json, evidence[0].GetProperty("event").GetProperty("original")[0].GetString());
            Assert.Equal("decode", evidence[0].GetProperty("streams").GetProperty("fault").GetString());
            Assert.Equal(Whole(run), evidence[1].GetRawText());
        }
    }

    [Fact]
    [Trait("Found", "P11")]
    public void An_alert_is_one_line_whatever_its_evidence_is_like()
    {
        JsonElement alert = Written(Found(Came("{\n  \"a\": \"b\",\r\n  \"event\": { \"original\": [\"kept\"] }\n}")));

        Assert.DoesNotContain('\n', alert.GetRawText());
        Assert.Equal("""{"a":"b","event":{"original":["kept"]}}""", EvidenceOf(alert)[0].GetRawText());
        Assert.False(alert.TryGetProperty("truncated", out _));
    }

    // Values up to megabytes: long strings of letters of each length in UTF-8, long lists, objects in objects.
    private static Gen<string> Values(int depth)
    {
        Gen<string> text = Gen.Select(Letters, Gen.Int[0, 11], (letter, power) => $"\"{Repeated(letter, 1 << power)}\"");
        Gen<string> leaf = Gen.OneOf(text, Gen.Int.Select(number => $"{number}"), Atoms);
        if (depth == 0) return leaf;
        Gen<string> inner = Values(depth - 1);
        return Gen.OneOf(
            leaf,
            Gen.Select(inner, Gen.Int[0, 5], (value, power) => $"[{string.Join(',', Enumerable.Repeat(value, 1 << power))}]"),
            Gen.Select(inner, inner, (a, b) => $$"""{"a":{{a}},"b":{{b}}}"""));
    }

    private static string Repeated(string letter, int times) => new StringBuilder().Insert(0, letter, times).ToString();

    private static Document Came(string json) => new("web-01", "documents", VirtualTime.Start, 1, Encoding.UTF8.GetBytes(json));

    private static Alert Found(params Event[] evidence) => new()
    {
        Id = "00112233445566778899aabbccddeeff",
        Revision = 1,
        Status = AlertStatus.Start,
        Query = "tested",
        Description = "What is tested",
        Severity = Severity.High,
        Key = "key",
        Host = "web-01",
        Message = "A message",
        Timestamp = evidence[0].Occurred,
        Started = evidence[0].Occurred,
        Trigger = evidence[0].Id,
        Evidence = evidence,
    };

    private static JsonElement Written(Alert alert)
    {
        using var document = JsonDocument.Parse(Text(alert));
        return document.RootElement.GetProperty("streams").GetProperty("alert").Clone();
    }

    private static JsonElement EvidenceOf(JsonElement alert) => alert.GetProperty("evidence");

    private static string Text(Alert alert)
    {
        var output = new ArrayBufferWriter<byte>();
        AlertDocument.Write(alert, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static string Whole(Event shown)
    {
        var output = new ArrayBufferWriter<byte>();
        shown.WriteDocument(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().SelectMany(member =>
        member.Value.ValueKind == JsonValueKind.Object ? Names(member.Value).Prepend(member.Name) : [member.Name]);
}
