using System.Text.Json.Nodes;
using Streams.Events;

namespace Streams.Testing;

/// <summary>What collectors tell of themselves and of their host, for tests.</summary>
public static class Collectors
{
    /// <summary>A document that the audit collector makes about itself.</summary>
    /// <param name="host">The host.</param>
    /// <param name="time">When it occurred.</param>
    /// <param name="serial">The collector's counter.</param>
    /// <param name="action">What it tells, for instance <c>audit-rule-missing</c>.</param>
    /// <param name="details">What stands under <c>streams.audit</c>.</param>
    public static Document Tells(
        string host, DateTimeOffset time, ulong serial, string action, params ReadOnlySpan<(string Name, string Value)> details)
    {
        var audit = new JsonObject();
        foreach ((string name, string value) in details) audit[name] = value;
        return new Document(host, Audit.Collector, time, serial, Json.Bytes(new JsonObject
        {
            ["host"] = new JsonObject { ["name"] = host },
            ["event"] = new JsonObject
            {
                ["kind"] = "event",
                ["module"] = "streams",
                ["category"] = new JsonArray("configuration"),
                ["action"] = action,
            },
            ["streams"] = new JsonObject { ["audit"] = audit },
        }));
    }

    /// <summary>A process that was there before the collector looked.</summary>
    /// <param name="host">The host.</param>
    /// <param name="time">When the collector looked.</param>
    /// <param name="serial">The collector's counter.</param>
    /// <param name="pid">The process.</param>
    /// <param name="executable">Its program.</param>
    public static ProcessSnapshot Process(string host, DateTimeOffset time, ulong serial, int pid, string executable) =>
        new(host, Audit.Collector, time, serial, Json.Bytes(new JsonObject
        {
            ["host"] = new JsonObject { ["name"] = host },
            ["process"] = new JsonObject { ["pid"] = pid, ["executable"] = executable },
        }));
}
