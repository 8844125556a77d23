using System.Text;
using System.Text.Json;
using Streams.Host.Configuration;
using Xunit;

namespace Streams.Host.Tests.Configuration;

public class SettingsTests
{
    private static readonly Settings Defaults = Settings.Defaults("/srv/streams", name => name == "HOME" ? "/home/ada" : null);

    [Fact]
    public void Every_key_has_a_default()
    {
        (Settings settings, IReadOnlyList<Problem> problems) = Read("{}");
        Assert.Empty(problems);
        Assert.Equal("/srv/streams/queries", settings.Queries);
        Assert.Equal("/home/ada/.cache/streams", settings.Cache);
        Assert.Null(settings.Host);
        Assert.Equal("127.0.0.1:9469", settings.Metrics.Listen?.ToString());
        Assert.Equal(1, settings.Shards);
        Assert.Equal(TimeSpan.FromSeconds(5), settings.Lateness);
    }

    [Fact]
    public void Comments_and_trailing_commas_are_fine()
    {
        (Settings settings, IReadOnlyList<Problem> problems) = Read(
            """
            // ours
            { "$schema": "x", /* all */ "queries": "detections", "cache": "/var/cache/streams", "host": "web-1", "shards": 4, "lateness": "2m", }
            """);
        Assert.Empty(problems);
        Assert.Equal(
            Defaults with
            {
                Queries = "/srv/streams/detections",
                Cache = "/var/cache/streams",
                Host = "web-1",
                Shards = 4,
                Lateness = TimeSpan.FromMinutes(2),
            },
            settings with { Places = Defaults.Places });
    }

    [Theory]
    [InlineData("{\n  \"querys\": \"q\"\n}",
        "c.json:2:3: unknown key \"querys\"; did you mean queries?")]
    [InlineData("{ \"elephants\": [1, {\"a\": 2}] }",
        "c.json:1:3: unknown key \"elephants\"")]
    [InlineData("{ \"shards\": 0 }",
        "c.json:1:13: \"shards\" must be a whole number from 1 to 256")]
    [InlineData("{ \"shards\": \"two\" }",
        "c.json:1:13: \"shards\" must be a whole number from 1 to 256")]
    [InlineData("{ \"host\": \"é\", \"queries\": 5 }",
        "c.json:1:27: \"queries\" must be a text, not empty")]
    [InlineData("{ \"lateness\": \"soon\" }",
        "c.json:1:15: \"lateness\" must be a duration such as \"5s\" or \"2m\"")]
    [InlineData("{ \"host\": \"a\", \"host\": \"b\" }",
        "c.json:1:16: \"host\" is there twice")]
    [InlineData("{ \"metrics\": { \"liston\": 1 } }",
        "c.json:1:16: unknown key \"metrics.liston\"; did you mean listen?")]
    [InlineData("{ \"metrics\": 5 }",
        "c.json:1:14: \"metrics\" must be an object: { … }")]
    [InlineData("{ \"metrics\": { \"listen\": \"0.0.0.0:80\" } }",
        "c.json:1:26: \"metrics.listen\" must be a loopback address and a port, such as \"127.0.0.1:9469\"; port 0 takes a free one")]
    [InlineData("[]",
        "c.json:1:1: must be an object: { \"queries\": \"queries\" }")]
    public void A_mistake_is_reported_where_it_is(string text, string expected) =>
        Assert.Equal(expected, Assert.Single(Read(text).Problems).ToString());

    [Fact]
    public void Every_mistake_is_reported()
    {
        Assert.Equal(3, Read("{ \"querys\": \"q\", \"shards\": -1, \"hosts\": 1 }").Problems.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{ \"host\": \"a\"")]
    [InlineData("{ \"host\" \"a\" }")]
    [InlineData("{} {}")]
    public void What_is_not_JSON_has_a_line_and_a_column(string text)
    {
        Problem problem = Assert.Single(Read(text).Problems);
        Assert.True(problem is { Line: 1, Column: > 0 });
        Assert.DoesNotContain("LineNumber", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/var/cache", "/home/ada", "/var/cache/streams")]
    [InlineData("not/absolute", "/home/ada", "/home/ada/.cache/streams")]
    [InlineData(null, "/home/ada", "/home/ada/.cache/streams")]
    public void Compiled_scripts_go_where_XDG_says(string? xdg, string? home, string expected) =>
        Assert.Equal(expected, Settings.Defaults("/", name => name switch { "XDG_CACHE_HOME" => xdg, "HOME" => home, _ => null }).Cache);

    [Fact]
    public void The_schema_knows_the_same_keys()
    {
        string schema = File.ReadAllText(Path.Combine(Built.Root, "docs", "streams.config.schema.json"));
        foreach (string text in Texts(JsonDocument.Parse(schema).RootElement))
        {
            Assert.DoesNotContain(Read(text).Problems, problem => problem.Message.Contains("unknown key", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Alerts_go_where_the_configuration_says()
    {
        (Settings settings, IReadOnlyList<Problem> problems) = Read(
            """
            { "alerts": {
                "file": { "path": "alerts.json" },
                "command": { "argv": ["page", "--now"], "timeout": "3s" },
                "slack": { "webhook_file": "/etc/streams/slack" } } }
            """);
        Assert.Empty(problems);
        Assert.Equal("/srv/streams/alerts.json", settings.Alerts.File?.Path);
        Assert.Equal(["page", "--now"], settings.Alerts.Command?.Argv);
        Assert.Equal(TimeSpan.FromSeconds(3), settings.Alerts.Command?.Timeout);
        Assert.Equal("/etc/streams/slack", settings.Alerts.SlackWebhookFile);
        Assert.Equal("HOOK", Read("""{ "alerts": { "slack": { "webhook_env": "HOOK" } } }""").Settings.Alerts.SlackWebhookVariable);
    }

    [Theory]
    [InlineData("""{ "command": { "argv": [] } }""",
        "\"alerts.command.argv\" must name a program")]
    [InlineData("""{ "command": { "argv": ["page"], "timeout": "0s" } }""",
        "\"alerts.command.timeout\" must be longer than 0")]
    [InlineData("""{ "slack": { "webhook_file": "a", "webhook_env": "b" } }""",
        "\"alerts.slack.webhook_env\" and \"webhook_file\" cannot both be there")]
    [InlineData("""{ "slack": { "webhook": "https://…" } }""",
        "unknown key \"alerts.slack.webhook\"")]
    public void A_mistake_about_alerts_is_reported(string alerts, string expected) =>
        Assert.StartsWith(expected, Assert.Single(Read($"{{ \"alerts\": {alerts} }}").Problems).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{ "audit": { "include_raw_message": true } }""",
        "\"collectors.audit.include_raw_message\" is no key here: the raw records are always kept; ")]
    [InlineData("""{ "audit": { "reassembler": { "queue_size": 8192 } } }""",
        "\"collectors.audit.reassembler.queue_size\" is no key here: what waits is bounded in bytes: write \"queue_bytes\"")]
    [InlineData("""{ "files": { "force_backend": "kprobes" } }""",
        "\"collectors.files.force_backend\" is no key here: write \"backend\"")]
    [InlineData("""{ "audit": { "reassembler": { "timeout": "1h" } } }""",
        "\"collectors.audit.reassembler.timeout\" must be from \"100ms\" to \"10m\"")]
    [InlineData("""{ "audit": { "socket_typ": "unicast" } }""",
        "unknown key \"collectors.audit.socket_typ\"; did you mean socket_type?")]
    public void A_key_of_Auditbeat_that_means_nothing_here_says_what_to_do_instead(string collectors, string expected) =>
        Assert.StartsWith(expected, Assert.Single(Read($"{{ \"collectors\": {collectors} }}").Problems).Message, StringComparison.Ordinal);

    [Theory]
    [Trait("Found", "F4")]
    [InlineData("""{ "files": { "paths": ["/etc", "relative"] } }""", 48, "paths\" \"relative\" is not absolute; write the whole path")]
    [InlineData("""{ "files": { "paths": [{ "path": "relative" }] } }""", 50, "paths\" \"relative\" is not absolute")]
    [InlineData("""{ "files": { "paths": ["/etc/[a"] } }""", 40, "paths\" \"/etc/[a\" has a [ that is not closed")]
    [InlineData("""{ "files": { "paths": ["/etc/[z-a]"] } }""", 40, "paths\" \"/etc/[z-a]\" has a range that ends before it begins: z-a")]
    [InlineData("""{ "files": { "paths": ["~/.ssh"] } }""", 40, "paths\" \"~/.ssh\" begins with ~, which only a shell expands")]
    [InlineData("""{ "files": { "paths": ["/srv/a\u0000"] } }""", 40, "paths\" \"/srv/a\0\" has a NUL character")]
    [InlineData("""{ "files": { "paths": [] } }""", 39, "paths\" is empty, so that no file would be watched")]
    [InlineData("""{ "files": { "exclude_files": ["a", "(b"] } }""", 53, "exclude_files\" \"(b\" is not a regular expression")]
    [InlineData("""{ "files": { "include_files": ["(a)\\1"] } }""", 48, "include_files\" \"(a)\\1\" has a backreference or look-around")]
    [InlineData("""{ "files": { "hash_types": ["sha257"] } }""", 45, "hash_types\" \"sha257\" is not a hash; take some of ")]
    [InlineData("""{ "files": { "file_parsers": ["/(/"] } }""", 47, "file_parsers\" \"/(/\" is not a regular expression")]
    [InlineData("""{ "files": { "file_parsers": ["file.pe.imphash"] } }""", 47, "file_parsers\" \"file.pe.imphash\" is not a fact of executables")]
    [InlineData("""{ "audit": { "audit_rule_files": ["/etc/*/x.rules"] } }""", 51, "audit_rule_files\" \"/etc/*/x.rules\" has a wildcard in the name")]
    public void A_path_or_pattern_that_means_nothing_is_reported_where_it_is(string collectors, int column, string expected)
    {
        (Settings settings, IReadOnlyList<Problem> problems) = Read($"{{ \"collectors\": {collectors} }}");
        Problem problem = Assert.Single(problems);
        Assert.Equal((1, column), (problem.Line, problem.Column));
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        Assert.Equal(Defaults.Collectors.Files with { StatePath = settings.State }, settings.Collectors.Files);
    }

    [Theory]
    [Trait("Found", "F4")]
    [InlineData("""{ "queries": "~/queries" }""", "\"queries\" \"~/queries\" begins with ~")]
    [InlineData("""{ "cache": "a\u0000b" }""", "\"cache\" \"a\0b\" has a NUL character")]
    [InlineData("""{ "state": { "path": " " } }""", "\"state.path\" \" \" is empty")]
    [InlineData("""{ "control": "~" }""", "\"control\" \"~\" begins with ~")]
    [InlineData("""{ "alerts": { "file": { "path": "~/alerts.json" } } }""", "\"alerts.file.path\" \"~/alerts.json\" begins with ~")]
    [InlineData("""{ "alerts": { "slack": { "webhook_file": "~/hook" } } }""", "\"alerts.slack.webhook_file\" \"~/hook\" begins with ~")]
    public void No_path_of_the_configuration_is_one_that_cannot_be(string text, string expected) =>
        Assert.StartsWith(expected, Assert.Single(Read(text).Problems).Message, StringComparison.Ordinal);

    [Fact]
    [Trait("Found", "F4")]
    public void Paths_and_patterns_that_mean_something_stay()
    {
        (Settings settings, IReadOnlyList<Problem> problems) = Read(
            """
            { "collectors": { "files": {
                "paths": ["/etc/[[]a", "/srv/**/v[0-9-]", { "path": "/home/*/.ssh", "recursive": true }, "/a/[]x]", "/a/[!]x]"],
                "exclude_files": ["\\.bak$"], "file_parsers": ["file.elf.sections", "/import/"], "hash_types": ["md5"] } } }
            """);
        Assert.Empty(problems);
        Assert.Equal(
            ["/etc/[[]a", "/srv/**/v[0-9-]", "/home/*/.ssh", "/a/[]x]", "/a/[!]x]"],
            settings.Collectors.Files.Paths.Select(path => path.Path));
    }

    [Fact]
    public void The_reassemblers_options_are_those_of_the_collector()
    {
        Settings settings = Read(
            """{ "collectors": { "audit": { "reassembler": { "timeout": "500ms", "max_in_flight": 7 } } } }""").Settings;
        Assert.Equal((TimeSpan.FromMilliseconds(500), 7), (settings.Collectors.Audit.Timeout, settings.Collectors.Audit.MaxInFlight));
    }

    [Fact]
    public void The_documentation_has_every_key_of_Auditbeat_that_is_none_here()
    {
        string page = File.ReadAllText(Path.Combine(Built.Root, "docs", "auditbeat-compatibility.md"));
        Assert.All(
            AuditbeatKeys.Auditd.Keys
                .Concat(AuditbeatKeys.FileIntegrity.Keys)
                .Concat(AuditbeatKeys.Reassembler.Keys.Select(key => $"reassembler.{key}")),
            key => Assert.Contains($"`{key}`", page, StringComparison.Ordinal));
    }

    [Fact]
    public void The_configuration_that_ships_is_right() =>
        Assert.Empty(Read(File.ReadAllText(Path.Combine(Built.Root, "streams.config.json"))).Problems);

    private static (Settings Settings, IReadOnlyList<Problem> Problems) Read(string text) =>
        SettingsReader.Read(Encoding.UTF8.GetBytes(text), "c.json", Defaults, "/srv/streams");

    // One configuration for each key that a schema has, at any depth.
    private static IEnumerable<string> Texts(JsonElement schema) => schema.TryGetProperty("properties", out JsonElement properties)
        ? properties.EnumerateObject().SelectMany(key => Texts(key.Value).Select(inner => $"{{ \"{key.Name}\": {inner} }}"))
        : ["null"];
}
