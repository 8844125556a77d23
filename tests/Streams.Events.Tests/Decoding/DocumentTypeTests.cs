using System.Text.Json.Nodes;
using Streams.Events.Decoding;
using Streams.Events.Tests.Decoding.Golden;
using Streams.Testing;
using Xunit;

namespace Streams.Events.Tests.Decoding;

/// <summary>A field of an index has one type: a document with another one is refused.</summary>
public class DocumentTypeTests
{
    private const string Call =
        "type=SYSCALL arch=c000003e syscall=42 success=yes exit=0 a0=3 a1=7 a2=10 a3=0 items=0 ppid=1 pid=2 uid=1 exe=\"/bin/a\"";

    [Theory]
    [InlineData("foo", "type=USER_AVC pid=1 uid=0 msg='op=x socket=foo res=success'")]
    [InlineData("foo", Call + "\ntype=NETFILTER_CFG socket=foo")]
    [InlineData("foo", Call + "\ntype=SOCKADDR saddr=020001BB5DB8D8220000000000000000\ntype=NETFILTER_CFG socket=foo")]
    [InlineData(null, Call + "\ntype=SOCKADDR saddr=020001BB5DB8D8220000000000000000")]
    [Trait("Found", "D10")]
    public void A_text_called_socket_stands_in_the_object_of_that_name(string? expected, string records)
    {
        AuditEvent made = Audit.Of(records.Split('\n'));
        Assert.Equal(expected, Documents.Read(made, "auditd.data.socket.name"));
        Assert.Equal(expected, Documents.Leaves(Documents.Json(made)).GetValueOrDefault("auditd.data.socket.name"));
        Assert.Null(Documents.Read(made, "auditd.data.socket"));
        Assert.True(Documents.Json(made)["auditd"]!["data"]!["socket"] is JsonObject);
        Assert.Equal(expected, made.Data("socket"));
    }

    [Fact]
    [Trait("Found", "D10")]
    public void No_name_of_the_shape_is_a_value_and_an_object()
    {
        string[] names = [.. Names()];
        string[] objects = [.. names.SelectMany(Parents).Distinct()];
        Assert.Empty(names.Intersect(objects));
        Assert.Equal(names.Distinct(), names);

        // The objects below a family, whose other names are those of records: each must be known as one that holds no value.
        string[] families = [.. names.Where(name => name.EndsWith(".*", StringComparison.Ordinal)).Select(name => name[..^2])];
        string[] below = [.. objects.Where(name => families.Any(family => name.StartsWith(family + ".", StringComparison.Ordinal)))];
        Assert.Equal(
            ["auditd.data.socket", "user.audit", "user.changes", "user.effective", "user.effective.group", "user.filesystem",
                "user.filesystem.group", "user.group", "user.saved", "user.saved.group", "user.selinux", "user.target"],
            below.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("audit")]
    [InlineData("group")]
    [InlineData("selinux")]
    [InlineData("id")]
    [InlineData("name")]
    [InlineData("xuid")]
    [InlineData("socket")]
    [InlineData("data.socket")]
    [Trait("Found", "D10")]
    public void A_key_of_any_name_leaves_each_field_its_type(string key)
    {
        var types = new FieldTypes();
        foreach ((_, AuditEvent golden, _) in GoLibaudit.Events()) types.Add(golden);
        types.Add(Audit.Of($"type=USER_AUTH pid=1 uid=5 {key}=1 msg='op=x {key}=y res=success'"));
        types.Add(Audit.Of($"type=CONFIG_CHANGE pid=1 auid=5 {key}=1 res=1"));
        types.Add(Audit.Of(Call + $" {key}=1", $"type=PATH item=0 name=\"/a\" {key}=2", $"type=OBJ_PID opid=1 {key}=2",
            $"type=OBJ_PID opid=1 {key}=2"));
        types.Add(Audit.Connect("web-01", "2026-01-02T03:04:05.678Z", 8, "/usr/bin/curl", "93.184.216.34", 443));
    }

    private static IEnumerable<string> Names()
    {
        var open = new Stack<string>();
        foreach (Shape step in DocumentShape.Steps)
        {
            string name = System.Text.Encoding.UTF8.GetString(step.Name).Trim('"', ':');
            string whole = string.Join('.', open.Reverse().Append(name));
            if (step.Step == ShapeStep.Open) open.Push(name);
            else if (step.Step == ShapeStep.Close) open.Pop();
            else if (step.Id is FieldId.Data or FieldId.UserOther) yield return string.Join('.', open.Reverse()) + ".*";
            else yield return whole;
        }
    }

    private static IEnumerable<string> Parents(string name)
    {
        for (int dot = name.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = name.IndexOf('.', dot + 1)) yield return name[..dot];
    }
}

/// <summary>What each field has been in the documents so far.</summary>
internal sealed class FieldTypes
{
    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);

    public void Add(AuditEvent made) => Add(Documents.Json(made), "");

    private void Add(JsonNode? node, string name)
    {
        if (node is JsonArray list)
        {
            foreach (JsonNode? item in list) Add(item, name);
            return;
        }

        if (name.Length > 0)
        {
            string type = node is JsonObject ? "object" : node!.GetValueKind().ToString();
            Assert.True(_types.TryAdd(name, type) || _types[name] == type, $"{name} is {type} here, and {_types[name]} elsewhere");
        }

        if (node is not JsonObject inner) return;
        foreach ((string key, JsonNode? child) in inner) Add(child, name.Length == 0 ? key : $"{name}.{key}");
    }
}
