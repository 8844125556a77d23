using System.Diagnostics.Metrics;
using Streams.Engine;
using Streams.Host.Live;

namespace Streams.Host.Telemetry;

/// <summary>The metrics of a live run.</summary>
internal static class MetricTable
{
    private static readonly GroupMetric[] Collectors =
    [
        new("records", "records", "Audit records read."),
        new("events", "events", "Events given to the queries."),
        new("torn", "events.torn", "Events that lack records."),
        new("late", "events.late", "Events of records that came after their event had left."),
        new("own", "events.own", "Events of what Streams does itself, which no query sees."),
        new("forced_out", "events.forced_out", "Events that left unfinished for want of room."),
        new("malformed", "records.malformed", "Records that do not begin as records do."),
        new("forged", "records.forged", "Messages that did not come from the kernel."),
        new("lost.", "records.lost", "Records lost, by cause.") { Label = "cause" },
        new("faulty.", "events.faulty", "Events at which Streams failed and which it kept, by cause.") { Label = "cause" },
        new("dropped_bytes", "dropped", "Bytes of the records dropped from the collector's own queue.") { Unit = MetricUnit.Bytes },
        new("waited_ms", "waited", "How long audited programs were made to wait, all together.")
        {
            Unit = MetricUnit.Seconds,
            Scale = 0.001,
        },
        new("serial_gaps", "serial_gaps", "Serials that no record had; by itself this is no loss."),
        new("enobufs", "socket.overflows", "How often the audit socket's buffer was full."),
        new("dropped_reports", "reports.dropped", "Events about the collector itself that found no room and are in the log only."),
        new("backlog", "backlog", "The most records seen waiting in the kernel.") { IsCounter = false },
        new("rules.configured", "rules", "Audit rules that are configured.") { IsCounter = false },
        new("rules.missing", "rules.missing", "Configured audit rules that are not loaded, or that the kernel refuses.")
        {
            IsCounter = false,
        },
        new("rules.waiting", "rules.waiting", "Configured audit rules about paths that are not there yet.") { IsCounter = false },
        new("rules.wrong", "rules.wrong", "Mistakes in the configured audit rules.") { IsCounter = false },
        new("rules.hiding", "rules.hiding", "Audit rules of others that keep events from being recorded.") { IsCounter = false },
        new("rules.repairs", "rules.repairs", "How often audit rules were loaded again or moved."),
        new("settings.wrong", "settings.wrong", "Audit settings that are not what they should be.") { IsCounter = false },
        new("settings.repairs", "settings.repairs", "How often audit settings were set back."),
        new("processes.known", "processes", "Processes in the process table.") { IsCounter = false },
        new("processes.evicted", "processes.evicted", "Processes pushed out of the process table for want of room."),
        new("names.unasked", "names.unasked", "Accounts not asked of the name service, as too many were waiting."),
        new("bad", "lines.bad", "Lines of a followed log that hold no good record."),
        new("bytes", "read", "Bytes read of a followed log.") { Unit = MetricUnit.Bytes },
        new("rotations", "rotations", "How often a followed log was rotated."),
        new("truncations", "truncations", "How often a followed log was truncated."),
        new("notices", "notices", "Notices of file changes from the kernel."),
        new("overflows", "notices.overflows", "How often the kernel's queue of notices was full."),
        new("dropped", "notices.dropped", "Notices dropped; what they were about is scanned again."),
        new("queue", "notices.queued", "Notices that wait.") { IsCounter = false },
        new("unresolved", "notices.unresolved", "Notices about files that were gone before their path was known."),
        new("rescans", "rescans", "Scans after a loss of notices."),
        new("scans", "scans", "Scans of all watched paths."),
        new("scan.files", "scan.files", "Files that scans have looked at."),
        new("scan.bytes", "scan", "Bytes that scans have read.") { Unit = MetricUnit.Bytes },
        new("watched.", "watches", "File systems that fanotify watches, folders that inotify watches.")
        {
            IsCounter = false,
            Label = "backend",
        },
        new("refused", "watches.refused", "Paths or folders that cannot be watched.") { IsCounter = false },
        new("known", "files", "Files known.") { IsCounter = false },
        new("errors", "errors", "Files that could not be looked at."),
    ];

    private static readonly GroupMetric[] Outputs =
    [
        new("written", "alerts.written", "Transitions of alerts delivered."),
        new("failed", "alerts.failed", "Transitions of alerts that the output refused for good."),
        new("retried", "alerts.retried", "How often a transition was tried again."),
        new("queued", "alerts.queued", "Transitions of alerts that wait.") { IsCounter = false },
        new("dropped", "dropped", "Transitions of alerts, or entries of a recording, dropped for want of room or time."),
        new("entries", "entries", "Entries of a recording."),
        new("faulty", "faulty", "Events that could not be written into a recording."),
        new("left_out", "left_out", "Events left out of a recording as audit.log, as they have no records."),
        new("bytes", "written", "Bytes of a recording.") { Unit = MetricUnit.Bytes },
    ];

    private static readonly (string Name, bool IsCounter, string Description, Func<EngineStatistics, long> Read)[] Engine =
    [
        ("events", true, "Events that all queries have seen.", e => e.Events),
        ("events.late", true, "Events that came after their host's watermark.", e => e.Late),
        ("hosts", false, "Hosts that have sent something.", e => e.Hosts),
        ("hosts.beyond_cap", false, "Hosts that share a state because there are too many.", e => e.HostsBeyondCap),
    ];

    private static readonly (string Name, bool IsCounter, string Description, Func<QueryStatistics, long> Read)[] Queries =
    [
        ("alerts", true, "Alerts that a query has started.", q => q.Alerts),
        ("alerts.open", false, "Alerts of a query that have not ended.", q => q.OpenAlerts),
        ("faults", true, "How often a query has failed.", q => q.Faults),
        ("quarantined", false, "For how many hosts a query gets no events; 1 for a fleet query that gets none.", q => q.Quarantined),
        ("held", false, "Keys, terms and partial matches that a query's operators hold.", q => q.Held),
        ("caps_hit", true, "How often an operator of a query had no room.", q => q.CapsHit),
        ("late", true, "Elements that arrived too late for an operator of a query to count them.", q => q.Late),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Metric> All { get; } =
    [
        new(
            "streams.uptime", IsCounter: false, MetricUnit.Seconds, "How long the run has been going on.", [],
            f => [new(f.Elapsed.TotalSeconds)]),
        Gauge(
            "health.faults", "What is wrong and stays so until somebody acts: the lasting reasons of /healthz.",
            f => Health.Faults(f).Count()),
        Gauge("queries.not_compiled", "Mistakes in queries, which therefore do not run.", f => f.NotCompiled.Count),
        Gauge("queries.cannot_fire", "Queries that cannot fire here.", f => f.CannotFire.Count),
        Gauge("queries.learning", "Queries that still learn.", f => f.Learning.Count),
        .. Engine.Select(e => new Metric(
            $"streams.engine.{e.Name}", e.IsCounter, MetricUnit.None, e.Description, [], f => [new(e.Read(f.Engine))])),
        new(
            "streams.engine.events.faulty", IsCounter: true, MetricUnit.None,
            "Events at which Streams failed behind the collector, by cause.", ["cause"],
            f => f.Engine.Faulty.Select(cause => new Measurement<double>(cause.Value, Tag("cause", cause.Key[7..])))),
        .. Queries.Select(q => new Metric(
            $"streams.query.{q.Name}", q.IsCounter, MetricUnit.None, q.Description, ["query"],
            f => f.Engine.Queries.Select(query => new Measurement<double>(q.Read(query.Value), Tag("query", query.Key))))),
        .. Group("collector", Collectors, f => f.Collectors),
        .. Group("output", Outputs, f => f.Outputs),
    ];

    private static Metric Gauge(string name, string description, Func<LiveFigures, long> read) =>
        new($"streams.{name}", IsCounter: false, MetricUnit.None, description, [], figures => [new(read(figures))]);

    // What the table does not know is there all the same.
    private static IEnumerable<Metric> Group(
        string group,
        GroupMetric[] known,
        Func<LiveFigures, IReadOnlyList<(string Name, IReadOnlyList<KeyValuePair<string, long>> Counters)>> read) =>
    [
        .. known.Select(metric => new Metric(
            $"streams.{group}.{metric.Name}", metric.IsCounter, metric.Unit, metric.Description,
            metric.Label is { } label ? [group, label] : [group],
            figures => Values(read(figures), group, metric.Is, metric.Label, metric.Counter.Length, metric.Scale))),
        new Metric(
            $"streams.{group}.other", IsCounter: false, MetricUnit.None, "Other counters.", [group, "counter"],
            figures => Values(read(figures), group, counter => !Array.Exists(known, metric => metric.Is(counter)), "counter", 0, 1)),
    ];

    private static IEnumerable<Measurement<double>> Values(
        IReadOnlyList<(string Name, IReadOnlyList<KeyValuePair<string, long>> Counters)> groups,
        string group, Func<string, bool> isMeant, string? label, int prefix, double scale)
    {
        foreach ((string name, IReadOnlyList<KeyValuePair<string, long>> counters) in groups)
        {
            foreach ((string counter, long value) in counters)
            {
                if (!isMeant(counter)) continue;
                yield return label is null
                    ? new Measurement<double>(value * scale, Tag(group, name))
                    : new Measurement<double>(value * scale, Tag(group, name), Tag(label, counter[prefix..]));
            }
        }
    }

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
