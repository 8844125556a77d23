using System.Text;
using System.Text.Json.Nodes;
using Streams.Events.Tests.Decoding.Golden;
using Streams.Testing;
using Xunit;

namespace Streams.Events.Tests.Decoding;

public class DocumentTests
{
    /// <summary>The logs of the other sources, each with the documents that a person has read.</summary>
    public static TheoryData<string> Logs => new(
        "oms-auditd-plugin/raw-events.log", "plaso/audit_enriched.log", "otrf-security-datasets/sh_arp_cache_2020-11-10074812.log",
        "otrf-security-datasets/sh_binary_padding_dd_2020-11-10081941.log", "xp-rules-syslog");

    [Theory]
    [MemberData(nameof(Logs))]
    public void Documents_are_as_they_were_when_a_person_read_them(string log)
    {
        var made = new StringBuilder();
        foreach (AuditEvent read in Read(log))
        {
            made.Append(Short(Documents.Json(read)).ToJsonString(Documents.Readable)).Append('\n');
        }

        string name = log.Replace('/', '-') + ".snapshot.json";
        string? update = Environment.GetEnvironmentVariable("STREAMS_UPDATE_SNAPSHOTS");
        if (!string.IsNullOrEmpty(update)) File.WriteAllText(Path.Combine(update, name), made.ToString());
        Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Decoding", "Snapshots", name)), made.ToString());
    }

    [Fact]
    public void Every_leaf_of_every_document_reads_the_same_as_a_field()
    {
        IEnumerable<AuditEvent> all = GoLibaudit.Events().Select(golden => golden.Event)
            .Concat(GoLibaudit.Records().Select(golden => golden.Event))
            .Concat(Logs.SelectMany(log => Read(log.Data)));
        int leaves = 0;
        foreach (AuditEvent made in all)
        {
            foreach ((string name, string value) in Documents.Leaves(Documents.Json(made)))
            {
                leaves++;
                Assert.Equal((name, value), (name, Documents.Read(made, name)));
            }
        }

        Assert.True(leaves > 5000);
    }

    [Fact]
    public void A_torn_and_late_event_says_so()
    {
        var builder = new AuditEventBuilder();
        builder.Add(Streams.Events.Tables.RecordType.Cwd, "cwd=\"/\""u8);
        AuditEvent torn = builder.Build("web-01", "audit", DateTimeOffset.UnixEpoch, 1, missing: "SYSCALL", late: true);
        var output = new System.Buffers.ArrayBufferWriter<byte>();

        torn.WriteDocument(output);

        System.Text.Json.JsonElement said = System.Text.Json.JsonDocument.Parse(output.WrittenMemory).RootElement.GetProperty("streams");
        Assert.Equal(("SYSCALL", "true"), (said.GetProperty("missing").GetString(), said.GetProperty("late").GetString()));
        Assert.Equal("SYSCALL", torn[Field.Of("streams.missing")].ToString());
        Assert.True(Streams.Testing.Audit.Of("type=CWD cwd=\"/\"")[Field.Of("streams.missing")].IsMissing);
    }

    [Fact]
    public void A_socket_address_that_cannot_be_decoded_stays_in_the_document_as_it_came()
    {
        AuditEvent broken = Streams.Testing.Audit.Of(
            "type=SYSCALL " + Streams.Testing.Audit.Syscall(42, 0, "3 0 0 0", "/usr/bin/x", 1, 1, 0, 0, "net"), "type=SOCKADDR saddr=0Z");
        var output = new System.Buffers.ArrayBufferWriter<byte>();

        broken.WriteDocument(output);

        Assert.Equal("0Z", broken[Field.Of("auditd.data.socket.saddr")].ToString());
        Assert.Equal("0Z", System.Text.Json.JsonDocument.Parse(output.WrittenMemory).RootElement
            .GetProperty("auditd").GetProperty("data").GetProperty("socket").GetProperty("saddr").GetString());
    }

    [Fact]
    public void Control_characters_and_broken_UTF8_are_escaped()
    {
        AuditEvent made = Audit.Of("type=EXECVE argc=1 a0=" + Convert.ToHexString(
            [0x1B, 0x5B, 0x41, 0x22, 0x5C, 0x0A, 0x7F, 0xC2, 0x9B, 0xFF, 0xE2, 0x82, 0xC3, 0xA9, 0xF0, 0x9F, 0x98, 0x80]));
        Assert.Contains(
            "[\"\\u001b[A\\\"\\\\\\n\\u007f\\u009b\uFFFD\uFFFD\u00E9\U0001F600\"]", Documents.Text(made), StringComparison.Ordinal);
    }

    // An argument of 16,000 bytes is right when its ends and its length are.
    private static JsonNode Short(JsonNode document)
    {
        if (document["process"]?["args"] is not JsonArray args) return document;
        for (int i = 0; i < args.Count; i++)
        {
            string text = args[i]!.GetValue<string>();
            if (text.Length > 200) args[i] = $"{text[..40]}…{text[^40..]} ({text.Length})";
        }

        return document;
    }

    private static IReadOnlyList<AuditEvent> Read(string log)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "fixtures", log);
        string[] files = Directory.Exists(path) ? [.. Directory.GetFiles(path, "*.log").Order(StringComparer.Ordinal)] : [path];
        return [.. files.SelectMany(file => Audit.Log("host", File.ReadAllLines(file)))];
    }
}
