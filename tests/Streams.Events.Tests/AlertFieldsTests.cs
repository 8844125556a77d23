using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Streams.Events.Tables;
using Streams.Testing;
using Xunit;

namespace Streams.Events.Tests;

/// <summary>What an alert's document has at its top of the events behind it.</summary>
[Trait("Found", "P11")]
public class AlertFieldsTests
{
    private const string Stamp = "2026-01-02T03:04:05.678Z";

    private static readonly string[] Copied = ["process", "user", "source", "destination", "file", "related"];

    private static readonly AuditEvent Login = Audit.Of(
        "type=USER_LOGIN pid=2130 uid=0 auid=4294967295 ses=4294967295 msg='op=login acct=\"alice\" "
        + "exe=\"/usr/sbin/sshd\" hostname=client.example addr=203.0.113.5 terminal=ssh res=failed'");

    private static readonly AuditEvent Connect = Audit.Connect("web-01", Stamp, 8, "/usr/bin/curl", "198.51.100.9", 443);

    [Fact]
    public void Who_and_what_the_first_event_is_about_stand_at_the_top()
    {
        JsonObject alert = Written(Connect, Login);

        Assert.Equal("/usr/bin/curl", Text(alert, "process", "executable"));
        Assert.Equal("198.51.100.9", Text(alert, "destination", "ip"));
        Assert.Equal(JsonValueKind.Number, alert["destination"]!["port"]!.GetValueKind());
        Assert.Null(alert["source"]);
    }

    [Fact]
    public void What_the_alert_says_of_itself_stays()
    {
        JsonObject alert = Written(Came("""
            {"@timestamp":"2000-01-01T00:00:00Z","event":{"kind":"state","action":"x"},"rule":{"name":"other"},"message":"other",
             "host":{"name":"other"},"threat":{"technique":{"id":["T1"]}},"streams":{"alert":{"id":"other"}},"ecs":{"version":"1"},
             "process":{"pid":1}}
            """));

        Assert.Equal(
            ["@timestamp", "event", "rule", "host", "message", "process", "related", "streams"], alert.Select(member => member.Key));
        Assert.Equal(("alert", "tested"), (Text(alert, "event", "kind"), Text(alert, "rule", "name")));
        Assert.Equal(("web-01", "A message"), (Text(alert, "host", "name"), alert["message"]!.ToString()));
    }

    public static TheoryData<AuditEvent> Events => [Login, Connect, Audit.Execve("web-01", Stamp, 7, "/bin/sh", ["sh", "-c", "id"])];

    [Theory]
    [MemberData(nameof(Events))]
    public void Records_and_the_document_of_them_give_the_same(AuditEvent records)
    {
        JsonObject document = Documents.Json(records);

        // Auditbeat writes ports as texts, and one argument is a list as well.
        foreach (string end in (string[])["source", "destination"])
        {
            if (document[end]?["port"] is JsonValue port) document[end]!["port"] = port.ToString();
        }

        AuditEvent came = AuditEvent.FromDocument(Encoding.UTF8.GetBytes(document.ToJsonString()), "intake");
        Assert.NotEmpty(Of(records));
        Assert.Equal(Of(records), Of(came));
    }

    [Fact]
    public void A_change_of_a_file_names_the_file_and_who_changed_it()
    {
        FileEvent change = FileChanges.Event("web-01", VirtualTime.Start, 1, "/etc/passwd", executable: "/usr/bin/vi", pid: 812, user: "alice");

        JsonObject alert = Written(change);

        Assert.Equal(("/etc/passwd", "/usr/bin/vi"), (Text(alert, "file", "path"), Text(alert, "process", "executable")));
        Assert.Equal(("812", "alice"), (Text(alert, "process", "pid"), Text(alert, "user", "name")));
    }

    [Theory]
    [InlineData("""{"file":{"selinux":"u:r:etc_t:s0:c1,c2:c3"}}""",
        """{"selinux":{"user":"u","role":"r","domain":"etc_t","level":"s0","category":"c1,c2:c3"}}""")]
    [InlineData("""{"file":{"selinux":{"user":"u","domain":"etc_t"}}}""", """{"selinux":{"user":"u","domain":"etc_t"}}""")]
    [InlineData("""{"file":{"selinux":"etc_t"}}""", """{"selinux":{"user":"etc_t"}}""")]
    [InlineData("""{"hash":{"sha256":"ab"}}""", """{"hash":{"sha256":"ab"}}""")]
    [InlineData("""{"file":{"hash":{"sha256":"cd"}},"hash":{"sha256":"ab"}}""", """{"hash":{"sha256":"cd"}}""")]
    public void A_field_of_a_file_has_one_shape_however_Auditbeat_wrote_it(string json, string file) => Assert.Equal(
        file, Written(new FileEvent("web-01", "files", VirtualTime.Start, 1, Encoding.UTF8.GetBytes(json)))["file"]!.ToJsonString());

    [Theory]
    [InlineData("""{"process":"text"}""", "{}")]
    [InlineData("""{"process":{"pid":"7","parent":{"pid":"x"}}}""", """{"process":{"pid":7}}""")]
    [InlineData("""{"process.pid":7,"process":{"name":5}}""", """{"process":{"pid":7,"name":"5"}}""")]
    [InlineData("""{"process":{"args":"one","name":["a","b"]}}""", """{"process":{"name":"a","args":["one"]}}""")]
    [InlineData("""{"process":{"start":"never","name":{"x":1}}}""", "{}")]
    [InlineData("""{"process":{"start":"2026-01-02T04:04:05.678+01:00","interactive":"true"}}""",
        """{"process":{"start":"2026-01-02T03:04:05.678Z","interactive":true}}""")]
    [InlineData("""{"source":{"ip":"no address","port":"80","domain":""}}""", """{"source":{"port":80}}""")]
    [InlineData("""{"source":{"ip":"2001:db8::1"}}""", """{"source":{"ip":"2001:db8::1"}}""")]
    [InlineData("""{"file":{"size":"12","setuid":false,"mode":644}}""", """{"file":{"size":12,"mode":"644","setuid":false}}""")]
    [InlineData("""{"user":{"id":0,"name":"root","password":"x"}}""", """{"user":{"id":"0","name":"root"}}""")]
    [InlineData("""{"process":{"name":"\ud800"}}""", """{"process":{"name":"\uFFFD"}}""")]
    public void A_field_has_one_type_or_is_left_out(string json, string expected)
    {
        JsonObject alert = Written(Came(json));
        alert.Remove("related");
        foreach (string own in (string[])["@timestamp", "event", "rule", "host", "message", "streams"]) alert.Remove(own);
        Assert.Equal(expected, alert.ToJsonString());
    }

    [Fact]
    public void All_evidence_is_related()
    {
        JsonObject alert = Written(
            Login,
            Connect,
            Came("""{"file":{"hash":{"sha256":"ab"}},"process":{"hash":{"md5":"cd"}},"user":{"id":"1000"},"related":{"user":["bob","alice"]}}"""),
            new Document("db-02", "documents", VirtualTime.Start, 1, "{}"u8.ToArray()));

        JsonObject related = alert["related"]!.AsObject();
        Assert.Superset(new HashSet<string>(["alice", "bob", "1000"]), Texts(related["user"]).ToHashSet());
        Assert.Equal(["203.0.113.5", "198.51.100.9"], Texts(related["ip"]));
        Assert.Equal(["web-01", "client.example", "db-02"], Texts(related["hosts"]));
        Assert.Equal(["cd", "ab"], Texts(related["hash"]));
    }

    [Fact]
    public void A_user_with_a_name_is_not_listed_by_number()
    {
        JsonObject alert = Written(Came("""{"user":{"id":"1000","name":"alice","audit":{"id":"1001"}}}"""));

        Assert.Equal(["alice", "1001"], Texts(alert["related"]!["user"]));
    }

    [Fact]
    public void Fields_are_cut_and_named()
    {
        AuditEvent run = Audit.Execve("web-01", Stamp, 7, "/bin/sh", ["sh", .. Enumerable.Range(0, 5_000).Select(i => $"{i}-{new string('x', 50)}")]);

        JsonObject alert = Written(run);

        string[] args = [.. Texts(alert["process"]!["args"])];
        Assert.Equal("… [cut: 4937 more]", args[^1]);
        Assert.Equal(65, args.Length);
        Assert.Contains("process.args", Texts(alert["streams"]!["alert"]!["truncated"]));
    }

    [Fact]
    public void Many_related_values_are_cut_and_named()
    {
        string users = string.Join(',', Enumerable.Range(0, 100).Select(i => $"\"user{i}\""));
        JsonObject alert = Written(Came($$"""{"related":{"user":[{{users}}],"hosts":["{{new string('h', 300)}}"] } }"""));

        Assert.Equal(64, Texts(alert["related"]!["user"]).Count());
        Assert.Equal(["web-01"], Texts(alert["related"]!["hosts"]));
        Assert.Equal(["related.user", "related.hosts"], Texts(alert["streams"]!["alert"]!["truncated"]));
    }

    [Fact]
    public void Whatever_a_document_holds_the_fields_are_bounded_and_of_their_types() =>
        Gen.Select(Gen.Int[0, AlertFieldTable.All.Length - 1], Values).Array[0, 40].Sample(
            members =>
            {
                string json = $"{{{string.Join(',', members.Select(m => $"\"{AlertFieldTable.All[m.Item1].Field.Name}\":{m.Item2}"))}}}";
                JsonObject alert = Written(Came(json));
                string all = string.Join(',', Copied[..^1].Select(name => alert[name]?.ToJsonString(Documents.Readable)));
                return all.Length < 40_000 && AlertFieldTable.All.All(field => IsRight(field, alert));
            },
            iter: Campaign.Cases(300));

    private static readonly Gen<string> Values = Gen.OneOf(
        Gen.OneOf([.. new[] { "1", "-5", "1.5", "true", "null", "[]", "{}", "\"\"", "\"x\"", "\"10.0.0.1\"", "[\"a\",\"b\"]" }.Select(Gen.Const)]),
        Gen.Int[0, 14].Select(power => $"\"{new string('é', 1 << power)}\""),
        Gen.Int[0, 200].Select(count => $"[{string.Join(',', Enumerable.Repeat("\"abc\"", count))}]"));

    private static bool IsRight(AlertField field, JsonObject alert)
    {
        JsonNode? node = alert;
        foreach (string name in field.Path) node = node?[name];
        return node is null || field.Type switch
        {
            AlertFieldType.Number => node.GetValueKind() == JsonValueKind.Number,
            AlertFieldType.Truth => node.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
            AlertFieldType.Keywords => node is JsonArray list && list.All(item => item!.GetValueKind() == JsonValueKind.String),
            _ => node.GetValueKind() == JsonValueKind.String,
        };
    }

    private static Document Came(string json) => new("web-01", "documents", VirtualTime.Start, 1, Encoding.UTF8.GetBytes(json));

    private static string Of(Event first)
    {
        JsonObject alert = Written(first);
        return string.Join('\n', Copied.Select(name => alert[name]?.ToJsonString()));
    }

    private static string Text(JsonObject alert, string parent, string name) => alert[parent]![name]!.ToString();

    private static IEnumerable<string> Texts(JsonNode? list) => list!.AsArray().Select(item => item!.GetValue<string>());

    private static JsonObject Written(params Event[] evidence)
    {
        var output = new ArrayBufferWriter<byte>();
        AlertDocument.Write(
            new Alert
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
            },
            output);
        return JsonNode.Parse(output.WrittenSpan)!.AsObject();
    }
}
