using System.Buffers;
using System.Text;
using Streams.Events.Tables;
using Streams.Testing;
using Xunit;

namespace Streams.Events.Tests.Decoding;

public class FromDocumentTests
{
    private const string Connect =
        """
        {"@timestamp":"2026-01-02T03:04:05.678Z","@metadata":{"beat":"auditbeat"},"host":{"name":"db-02"},"event":{"module":"auditd","action":"connected-to",
        "category":["network"],"outcome":"failure"},"auditd":{"message_type":"syscall","sequence":9001,"result":"fail","session":"11","data":{"arch":"x86_64",
        "syscall":"connect","exit":"EINPROGRESS","a0":"3","socket":{"family":"ipv4","addr":"93.184.216.34","port":"443"}},"paths":[{"name":"/a"},{"name":"/b"}]},
        "process":{"pid":42,"parent":{"pid":"7"},"executable":"/usr/bin/curl","name":"curl","args":["curl","x"]},"user":{"id":"1000","audit":{"id":"1000"}},
        "destination":{"ip":"93.184.216.34","port":"443"},"tags":["net"],"labels.team":"blue"}
        """;

    [Fact]
    public void The_same_names_work_on_a_document()
    {
        AuditEvent made = AuditEvent.FromDocument(Encoding.UTF8.GetBytes(Connect), "intake");
        Assert.Equal(("db-02", "intake", 9001UL), (made.Host, made.Collector, made.Serial));
        Assert.Equal(Audit.Time("2026-01-02T03:04:05.678Z"), made.Occurred);
        Assert.Equal(
            (RecordType.Syscall, SyscallId.Connect, AuditResult.Fail, true),
            (made.Type, made.SyscallId, made.Result, made.Succeeded));
        Assert.Equal(new Endpoint("93.184.216.34", 443), made.Destination);
        Assert.Equal(new Endpoint("93.184.216.34", 443), made.Socket);
        Assert.False(made.Source.Exists);
        Assert.Equal(
            (42, 7, "/usr/bin/curl", "curl"),
            (made.Process.Pid, made.Process.ParentPid, made.Process.Executable, made.Process.Name));
        Assert.Equal(["curl", "x"], made.Process.Args);
        Assert.Equal(("1000", "11"), (made.User.AuditId, made.Session));
        Assert.Equal(["net"], made.Tags);
        Assert.Equal(
            ("EINPROGRESS", "/usr/bin/curl", "1000", null),
            (made.Data("exit"), made.Data("exe"), made.Data("auid"), made.Data("op")));
        Assert.Equal(443, made[Field.Of("destination.port")].Number);
        Assert.Equal("/a, /b", Documents.Read(made, "auditd.paths.name"));
        Assert.Equal("blue", Documents.Read(made, "labels.team"));
        Assert.Equal(FieldValueKind.Time, made[Field.Of("@timestamp")].Kind);
        Assert.True(made[Field.Of("auditd.data")].IsMissing);
        Assert.Equal(0, made.RecordCount);
    }

    [Theory]
    [InlineData("success", "no")]
    [InlineData("result", "fail")]
    [InlineData("key", "net")]
    [InlineData("name", "/a")]
    [InlineData("ses", "11")]
    [InlineData("syscall", "connect")]
    [InlineData("old-auid", null)]
    [InlineData("pid", "42")]
    public void What_Auditbeat_has_moved_is_found_by_its_name_in_the_records(string name, string? expected) =>
        Assert.Equal(expected, AuditEvent.FromDocument(Encoding.UTF8.GetBytes(Connect), "intake").Data(name));

    [Fact]
    public void Keys_and_ids_of_a_document_are_those_of_its_records()
    {
        AuditEvent made = AuditEvent.FromDocument(
            """
            {"@timestamp":"2026-01-02T03:04:05Z","host":{"name":"h"},"auditd":{"message_type":"login"},"tags":["one","two"],
            "user":{"old-auid":{"id":"7"},"id":"0"}}
            """u8.ToArray(), "intake");
        Assert.Equal(("one\u0001two", "7", "0", null), (made.Data("key"), made.Data("old-auid"), made.Data("uid"), made.Data("success")));
    }

    [Theory]
    [InlineData("""{"paths":[{"name":"b","nametype":"CREATE"},{"name":"/tmp/../c"},{"item":"2"},7]}""", "/root/b CREATE, /c -, - -")]
    [InlineData("""{"paths":{"name":"/a","objtype":"NORMAL"}}""", "/a NORMAL")]
    [InlineData("""{"paths":"/a"}""", "")]
    [InlineData("{}", "")]
    public void The_paths_of_a_document_are_those_of_its_records(string auditd, string expected)
    {
        AuditEvent made = AuditEvent.FromDocument(
            Encoding.UTF8.GetBytes($$$"""
            {"@timestamp":"2026-01-02T03:04:05Z","host":{"name":"h"},"process":{"working_directory":"/root"},"auditd":{{{auditd}}}}
            """), "intake");
        Assert.Equal(expected, string.Join(", ", made.Paths.Select(path => $"{path.Path ?? "-"} {path.NameType ?? "-"}")));
    }

    [Theory]
    [InlineData("3", SyscallId.Connect)]
    [InlineData("ff", SyscallId.Socketcall)]
    [InlineData("", SyscallId.Socketcall)]
    public void What_a_32_bit_program_does_through_socketcall_is_the_call_itself_also_there(string argument, ushort expected)
    {
        string json = Connect.Replace("\"connect\"", "\"socketcall\"", StringComparison.Ordinal)
            .Replace("\"a0\":\"3\"", $"\"a0\":\"{argument}\"", StringComparison.Ordinal);
        Assert.Equal(expected, AuditEvent.FromDocument(Encoding.UTF8.GetBytes(json), "intake").SyscallId);
    }

    /// <summary>Values that no document of Auditbeat has where one stands.</summary>
    public static TheoryData<string> Odd => new(
        "null", "true", "-1", "1e400", "99999999999999999999", "0.5", "\"\"", "\"x\"", "\"-99999999999\"", "[]", "[null]",
        "[1,\"a\",{}]", "{}", "{\"a\":[{\"b\":1}]}", "[[[]]]");

    [Theory]
    [MemberData(nameof(Odd))]
    public void Odd_values_are_read_as_far_as_they_go(string value)
    {
        string[] names =
        [
            "auditd", "auditd.message_type", "auditd.sequence", "auditd.result", "auditd.session",
            "auditd.data", "auditd.data.a0", "auditd.data.exit", "auditd.data.syscall",
            "auditd.data.addr", "auditd.data.socket", "auditd.data.socket.port", "auditd.paths", "auditd.paths.name",
            "process", "process.pid", "process.parent", "process.args",
            "process.start", "process.working_directory", "user", "user.id", "source.ip", "destination.ip", "destination.port",
            "tags", "file.path", "event", "event.action", "container.id",
        ];
        foreach (string name in names)
        {
            string json = $$$"""{"@timestamp":"2026-01-02T03:04:05Z","host":{"name":"h"},"{{{name}}}":{{{value}}}}""";
            AuditEvent made = AuditEvent.FromDocument(Encoding.UTF8.GetBytes(json), "intake");
            _ = (made.Type, made.SyscallId, made.Result, made.Succeeded, made.Session, made.Tags, made.Paths);
            _ = (made.Source, made.Destination, made.Socket);
            _ = (made.Call.Argument(0), made.Call.Returned, made.Call.OpensToWrite, made.File.Path, made.Container.Id, made.Serial);
            _ = (made.Process.Pid, made.Process.ParentPid, made.Process.Args, made.Process.Start);
            _ = (made.Process.Ancestors, made.Process.Parent.Args, made.Process.Executable);
            _ = (made.User.Id, made.User.Name, made.User.AuditId, made.User.EffectiveId);
            foreach (string field in (string[])["pid", "key", "success", "name", "exit", "old-auid"]) _ = made.Data(field);
            foreach (string field in names) _ = made[Field.Of(field)].ToString();
        }
    }

    [Fact]
    public void It_is_written_as_it_came()
    {
        var output = new ArrayBufferWriter<byte>();
        AuditEvent.FromDocument(Encoding.UTF8.GetBytes(Connect), "intake", "other").WriteDocument(output);
        Assert.Equal(Connect, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void The_address_of_a_failed_login_is_its_source_also_there()
    {
        AuditEvent made = AuditEvent.FromDocument(
            ("""{"@timestamp":"2026-01-02T03:04:05Z","host":{"name":"h"},"auditd":"""u8
                + """{"message_type":"user_auth","data":{"op":"PAM:authentication","addr":"203.0.113.9"}}}"""u8).ToArray(),
            "intake");
        Assert.Equal("203.0.113.9", made.Source.Address);
        Assert.Equal(RecordType.UserAuth, made.Type);
    }

    [Theory]
    [InlineData("", "Not a JSON object")]
    [InlineData("[]", "Not a JSON object")]
    [InlineData("{", "Not a JSON object")]
    [InlineData("{}", "@timestamp")]
    [InlineData("{\"@timestamp\":\"2026-01-02T03:04:05Z\"}", "host.name")]
    public void What_is_no_such_document_is_refused(string json, string message)
    {
        FormatException mistake = Assert.Throws<FormatException>(() => AuditEvent.FromDocument(Encoding.UTF8.GetBytes(json), "intake"));
        Assert.Contains(message, mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Our_own_documents_read_like_the_events_they_came_from()
    {
        AuditEvent[] events =
        [
            Audit.Execve("web-01", "2026-01-02T03:04:05.678Z", 7, "/usr/bin/id", ["id", "-u"]),
            Audit.Connect("web-01", "2026-01-02T03:04:05.678Z", 8, "/usr/bin/curl", "93.184.216.34", 443, exit: -115),
            Audit.PamFailure("web-01", "2026-01-02T03:04:05.678Z", 9, "bob"),
        ];
        foreach (AuditEvent original in events)
        {
            AuditEvent copy = AuditEvent.FromDocument(Encoding.UTF8.GetBytes(Documents.Text(original)), original.Collector);
            Assert.Equal(original.Id, copy.Id);
            Assert.Equal(
                (original.Type, original.SyscallId, original.Result, original.Succeeded),
                (copy.Type, copy.SyscallId, copy.Result, copy.Succeeded));
            foreach (string name in Documents.Leaves(Documents.Json(original)).Keys)
                Assert.Equal(original[Field.Of(name)], copy[Field.Of(name)]);
        }
    }
}
