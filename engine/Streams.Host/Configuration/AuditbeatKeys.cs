namespace Streams.Host.Configuration;

/// <summary>Keys of Auditbeat that have no meaning here, each with what to do instead.</summary>
internal static class AuditbeatKeys
{
    private const string Documents = "documents keep Auditbeat's shape, and are not changed on the way; leave it out";

    /// <summary>Of the module <c>auditd</c>.</summary>
    public static IReadOnlyDictionary<string, string> Auditd { get; } = new Dictionary<string, string>
    {
        ["audit_rules"] = "write \"rules\": [\"-w /etc/passwd -p wa\"], a text for each rule",
        ["rule_files"] = "write \"audit_rule_files\"",
        ["include_raw_message"] = "the raw records are always kept; `streams events --raw` and `run --record` give them; leave it out",
        ["include_warnings"] = "what an event lacks is always said, in streams.missing and streams.late, and counted; leave it out",
        ["ignore_errors"] = "a wrong rule is always reported and the others are loaded; `streams check` fails on one; leave it out",
        ["stream_buffer_consumers"] =
            "events are decoded when they are read, and stay in order; \"shards\" spreads the queries' work; leave it out",
        ["reload"] = "rule files are read again when they change; leave it out",
        ["fields"] = Documents,
        ["fields_under_root"] = Documents,
        ["tags"] = "the tags of an event are the keys of its audit rule: write -k in the rule",
        ["processors"] = "write a query for what should be told, or a never-rule for what should not be recorded",
        ["index"] = Documents,
        ["keep_null"] = Documents,
        ["pipeline"] = Documents,
        ["service.name"] = Documents,
        ["period"] = "records are read as they come; leave it out",
    };

    /// <summary>Of its section <c>reassembler</c>.</summary>
    public static IReadOnlyDictionary<string, string> Reassembler { get; } = new Dictionary<string, string>
    {
        ["queue_size"] = "what waits is bounded in bytes: write \"queue_bytes\" beside \"reassembler\"",
    };

    /// <summary>Of the module <c>file_integrity</c>.</summary>
    public static IReadOnlyDictionary<string, string> FileIntegrity { get; } = new Dictionary<string, string>
    {
        ["force_backend"] = "write \"backend\"",
        ["flush_interval"] = "it is for Windows only; leave it out",
        ["fields"] = Documents,
        ["fields_under_root"] = Documents,
        ["tags"] = Documents,
        ["processors"] = "write \"exclude_files\" for what should not be watched",
        ["index"] = Documents,
        ["keep_null"] = Documents,
        ["pipeline"] = Documents,
        ["service.name"] = Documents,
    };
}
