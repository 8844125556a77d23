using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Streams.Events.Tests.Decoding.Golden;

public class GoldenTests
{
    private static readonly (string Theirs, string Ours)[] UserIds =
    [
        ("uid", "user.id"), ("gid", "user.group.id"), ("auid", "user.audit.id"), ("euid", "user.effective.id"),
        ("egid", "user.effective.group.id"), ("suid", "user.saved.id"), ("sgid", "user.saved.group.id"),
        ("fsuid", "user.filesystem.id"), ("fsgid", "user.filesystem.group.id"),
    ];

    [Fact]
    public void Records_have_the_fields_that_go_libaudit_reads()
    {
        var wrong = new StringBuilder();
        int count = 0;
        foreach ((string name, AuditEvent record, JsonObject golden) in GoLibaudit.Records())
        {
            count++;
            foreach ((string field, JsonNode? node) in golden["data"]?.AsObject() ?? [])
            {
                string theirs = node!.GetValue<string>();
                string? ours = Read(record, field);
                if (ours != theirs && !Difference.IsDeliberate(field, theirs, ours)) Report(wrong, name, field, theirs, ours);
            }
        }

        Assert.True(wrong.Length == 0, wrong.ToString());
        Assert.Equal(56, count);
    }

    [Fact]
    public void Events_are_the_documents_that_Auditbeat_makes()
    {
        var wrong = new StringBuilder();
        int count = 0;
        foreach ((string name, AuditEvent made, JsonObject golden) in GoLibaudit.Events())
        {
            count++;
            SortedDictionary<string, string> theirs = Expected(golden);
            SortedDictionary<string, string> ours = Documents.Leaves(Documents.Json(made));
            foreach (string field in theirs.Keys.Union(ours.Keys))
            {
                string? left = theirs.GetValueOrDefault(field);
                string? right = ours.GetValueOrDefault(field);
                if (left != right && !Difference.IsDeliberate(field, left, right)) Report(wrong, name, field, left, right);
            }
        }

        Assert.True(wrong.Length == 0, wrong.ToString());
        Assert.Equal(48, count);
    }

    [Fact]
    public void Each_deliberate_difference_is_one_that_a_golden_shows()
    {
        Records_have_the_fields_that_go_libaudit_reads();
        Events_are_the_documents_that_Auditbeat_makes();
        Assert.Empty(Difference.Unused());
    }

    private static void Report(StringBuilder wrong, string name, string field, string? theirs, string? ours) =>
        wrong.Append(CultureInfo.InvariantCulture, $"\n{name}: {field} is {ours ?? "-"}, not {theirs ?? "-"}");

    private static string? Read(AuditEvent record, string field)
    {
        string type = Documents.Read(record, "auditd.message_type")!;
        if (field.StartsWith("subj_", StringComparison.Ordinal)) return Documents.Read(record, "user.selinux." + field[5..]);
        if (field.StartsWith("obj_", StringComparison.Ordinal)) return Documents.Read(record, "auditd.paths." + field);
        if (type == "sockaddr") return Documents.Read(record, "auditd.data.socket." + field);
        if (type == "execve" && field[0] == 'a' && char.IsAsciiDigit(field[1]))
            return record.Process.Args[int.Parse(field[1..], CultureInfo.InvariantCulture)];
        return record.Data(field);
    }

    // go-libaudit's own form of an event, as Auditbeat turns it into a document.
    private static SortedDictionary<string, string> Expected(JsonObject golden)
    {
        var leaves = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["host.name"] = "host",
            ["event.kind"] = "event",
            ["event.module"] = "auditd",
            ["service.type"] = "auditd",
            ["ecs.version"] = "8.0.0",
        };
        void Put(string name, JsonNode? node)
        {
            if (node is JsonArray list) leaves[name] = string.Join(", ", list.Select(item => item!.ToString()));
            else if (node is not null) leaves[name] = node.ToString();
        }

        DateTimeOffset time = DateTimeOffset.Parse(golden["@timestamp"]!.GetValue<string>(), CultureInfo.InvariantCulture);
        leaves["@timestamp"] = time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        Put("auditd.sequence", golden["sequence"]);
        Put("auditd.message_type", golden["record_type"]);
        Put("auditd.result", golden["result"]);
        leaves["event.outcome"] = golden["result"]!.ToString() switch { "fail" => "failure", var result => result };
        Put("tags", golden["tags"]);
        if (golden["session"]?.ToString() is not ("unset" or "")) Put("auditd.session", golden["session"]);
        Put("event.category", golden["ecs"]!["event"]!["category"] ?? golden["category"]);
        Put("event.type", golden["ecs"]!["event"]!["type"]);
        Put("event.action", golden["summary"]!["action"]);
        Put("auditd.summary.how", golden["summary"]!["how"]);
        foreach (string part in (string[])["primary", "secondary"])
        {
            if (golden["summary"]!["actor"]![part]?.ToString() is { } id) leaves["auditd.summary.actor." + part] = id == "0" ? "root" : id;
            Put("auditd.summary.object." + part, golden["summary"]!["object"]?[part]);
        }

        Put("auditd.summary.object.type", golden["summary"]!["object"]?["type"]);
        foreach ((string key, JsonNode? id) in golden["user"]!["ids"]?.AsObject() ?? [])
        {
            if (id!.ToString() == "unset") continue;
            string field = Array.Find(UserIds, pair => pair.Theirs == key).Ours ?? $"user.{key}.id";
            leaves[field] = id.ToString();
            if (id.ToString() == "0" && key != "old-auid") leaves[field[..^3] + ".name"] = "root";
        }

        Walk(golden["user"]!["selinux"], "user.selinux.", Put);
        foreach ((string theirs, string ours) in (ReadOnlySpan<(string, string)>)
            [
                ("pid", "pid"), ("ppid", "parent.pid"), ("title", "title"), ("name", "name"), ("exe", "executable"),
                ("cwd", "working_directory"), ("args", "args"),
            ])
        {
            Put("process." + ours, golden["process"]?[theirs]);
        }

        Walk(golden["file"], "file.", Put);
        if (golden["file"]?["uid"]?.ToString() == "0") leaves["file.owner"] = "root";
        if (golden["file"]?["gid"]?.ToString() == "0") leaves["file.group"] = "root";
        Walk(golden["source"], "source.", Put);
        Walk(golden["destination"], "destination.", Put);
        Walk(golden["network"], "network.", Put);
        foreach ((string key, JsonNode? value) in golden["data"]?.AsObject() ?? [])
        {
            Put("auditd.data." + (key.StartsWith("socket_", StringComparison.Ordinal) ? "socket." + key[7..] : key), value);
        }

        foreach (JsonNode? path in golden["paths"]?.AsArray() ?? [])
        {
            foreach ((string key, JsonNode? value) in path!.AsObject())
            {
                string name = "auditd.paths." + key;
                leaves[name] = leaves.TryGetValue(name, out string? before) ? before + ", " + value : value!.ToString();
            }
        }

        SetEntities(leaves, golden["ecs"]!);
        return leaves;
    }

    private static void SetEntities(SortedDictionary<string, string> leaves, JsonNode ecs)
    {
        var related = new List<string>();
        foreach ((string name, JsonNode? entity, bool isUser) in (ReadOnlySpan<(string, JsonNode?, bool)>)
            [
                ("user", ecs["user"], true), ("user.effective", ecs["user"]!["effective"], true),
                ("user.target", ecs["user"]!["target"], true), ("user.changes", ecs["user"]!["changes"], true),
                ("group", ecs["group"], false),
            ])
        {
            string? id = entity?["id"]?.ToString();
            string? text = entity?["name"]?.ToString();
            if (id is null && text is null) continue;
            if (id == "0") text ??= "root";
            if (text == "root") id ??= "0";
            if (id is null or "unset") leaves.Remove(name + ".id");
            else leaves[name + ".id"] = id;
            if (text is null) leaves.Remove(name + ".name");
            else leaves[name + ".name"] = text;
            if (isUser && text is not null && !related.Contains(text)) related.Add(text);
        }

        if (related.Count > 0) leaves["related.user"] = string.Join(", ", related);
        bool same = leaves.TryGetValue("user.id", out string? user)
            && leaves.TryGetValue("user.effective.id", out string? effective)
            && user == effective;
        same |= leaves.TryGetValue("user.name", out user)
            && leaves.TryGetValue("user.effective.name", out effective)
            && user == effective;
        if (!same) return;
        foreach (string field in leaves.Keys.Where(field => field.StartsWith("user.effective.", StringComparison.Ordinal)).ToArray())
            leaves.Remove(field);
    }

    private static void Walk(JsonNode? node, string prefix, Action<string, JsonNode?> put)
    {
        if (node is not JsonObject inner) return;
        foreach ((string key, JsonNode? value) in inner)
        {
            if (value is JsonObject) Walk(value, prefix + key + ".", put);
            else put(prefix + key, value);
        }
    }
}
