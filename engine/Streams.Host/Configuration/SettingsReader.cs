using System.Net;
using System.Text.Json;
using Streams.Audit.Netlink;
using Streams.Events;
using Streams.Files;
using Streams.Notify;

namespace Streams.Host.Configuration;

/// <summary>Reads streams.config.json: JSON, comments and trailing commas allowed. Every mistake is reported, not only the first.</summary>
internal static class SettingsReader
{
    /// <summary>Reads a configuration.</summary>
    /// <param name="text">The file's content, UTF-8.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="defaults">What the keys that are not there mean.</param>
    /// <param name="root">What relative paths are relative to.</param>
    public static (Settings Settings, IReadOnlyList<Problem> Problems) Read(
        ReadOnlySpan<byte> text, string file, Settings defaults, string root)
    {
        if (text.StartsWith("\ufeff"u8)) text = text[3..];
        if (text.Trim(" \t\r\n"u8).IsEmpty) return (defaults, [new Problem(file, 1, 1, "is empty; write {} to keep every default")]);
        long consumed = 0;
        SettingsNode node;
        try
        {
            node = SettingsNode.Parse(text, out consumed);
        }
        catch (JsonException e)
        {
            string message = FailureText.Of(e);
            if (consumed >= text.TrimEnd(" \t\r\n"u8).Length) message = "ends too early; close what is open: \", } or ]";
            return (defaults, [new Problem(file, (int)(e.LineNumber ?? 0) + 1, (int)(e.BytePositionInLine ?? 0) + 1, message)]);
        }

        if (node.Kind != JsonTokenType.StartObject)
            return (defaults, [new Problem(file, node.Line, node.Column, "must be an object: { \"queries\": \"queries\" }")]);
        var problems = new SettingsProblems(file, root);
        var section = new SettingsSection(node, problems);
        Settings settings = Read(section, defaults);
        section.Close();
        return (settings, problems.All);
    }

    private static Settings Read(SettingsSection file, Settings defaults)
    {
        _ = file.Has("$schema");
        SettingsSection stateSection = file.Section("state"), alerts = file.Section("alerts");
        string state = stateSection.Path("path", defaults.State);
        return defaults with
        {
            Places = Places(file, stateSection, alerts),
            Queries = file.Path("queries", defaults.Queries),
            Cache = file.Path("cache", defaults.Cache),
            State = state,
            Control = file.Path("control", defaults.Control),
            Host = file.OptionalText("host") ?? defaults.Host,
            Shards = (int)file.Whole("shards", defaults.Shards, 1, 256),
            Lateness = file.Duration("lateness", defaults.Lateness),
            Metrics = Metrics(file.Section("metrics"), defaults.Metrics),
            Alerts = Alerts(alerts),
            Collectors = Collectors(file.Section("collectors"), defaults.Collectors, state),
        };
    }

    private static SettingPlace[] Places(SettingsSection file, SettingsSection state, SettingsSection alerts)
    {
        SettingsSection slack = alerts.Section("slack");
        return
        [
            .. new[]
            {
                file.Place("queries"), file.Place("cache"), state.Place("path"), file.Place("control"),
                alerts.Section("file").Place("path"), alerts.Section("command").Place("argv"),
                slack.Place("webhook_file"), slack.Place("webhook_env"),
            }.OfType<SettingPlace>(),
        ];
    }

    private static AlertSettings Alerts(SettingsSection alerts)
    {
        SettingsSection command = alerts.Section("command");
        SettingsSection slack = alerts.Section("slack");
        IReadOnlyList<string>? argv = command.Texts("argv");
        if (argv is [] or ["", ..]) command.Report("argv", "must name a program: [\"/usr/local/bin/page\", \"--now\"]");
        TimeSpan timeout = command.Duration("timeout", TimeSpan.FromSeconds(10));
        if (timeout <= TimeSpan.Zero || timeout > TimeSpan.FromDays(1))
            command.Report("timeout", "must be longer than 0 and at most a day");
        var settings = new AlertSettings
        {
            File = alerts.Section("file").OptionalPath("path") is { } path ? new AlertFileOptions { Path = path } : null,
            Command = argv is [{ Length: > 0 }, ..] ? new CommandOptions { Argv = argv, Timeout = timeout } : null,
            SlackWebhookFile = slack.OptionalPath("webhook_file"),
            SlackWebhookVariable = slack.OptionalText("webhook_env"),
        };
        if (settings is { SlackWebhookFile: not null, SlackWebhookVariable: not null })
            slack.Report("webhook_env", "and \"webhook_file\" cannot both be there; keep one");
        return settings;
    }

    private static CollectorSettings Collectors(SettingsSection collectors, CollectorSettings defaults, string state)
    {
        SettingsSection audit = collectors.Section("audit");
        audit.KnowOthers(AuditbeatKeys.Auditd);
        SettingsSection files = collectors.Section("files");
        files.KnowOthers(AuditbeatKeys.FileIntegrity);
        return new CollectorSettings
        {
            AuditEnabled = audit.Truth("enabled", defaults.AuditEnabled),
            Audit = Audit(audit, defaults.Audit),
            RulesText = audit.Texts("rules"),
            RulePlaces = audit.Places("rules"),
            RuleFiles = audit.Paths("audit_rule_files", PathFault.FindInPattern) ?? [],
            ResolveIds = audit.Truth("resolve_ids", defaults.ResolveIds),
            FilesEnabled = files.Truth("enabled", defaults.FilesEnabled),
            Files = Files(files, defaults.Files with { StatePath = state }),
        };
    }

    // The names are those of Auditbeat's file_integrity module where it has them; a path may be an object that says more about it.
    private static FilesOptions Files(SettingsSection files, FilesOptions defaults)
    {
        bool recursive = files.Truth("recursive", false);
        IReadOnlyList<WatchedPath>? paths = files.List(
            "paths",
            "paths: \"/etc\" or { \"path\": \"/srv/www\", \"recursive\": true }",
            (item, section) => item.Kind == JsonTokenType.String ? new WatchedPath(item.Text, recursive)
                : section.OptionalText("path") is { } path ? new WatchedPath(path, section.Truth("recursive", recursive))
                : null);
        bool arePathsRight = files.Check("paths", FilesOptionFaults.OfPath);
        if (arePathsRight && paths is [])
            files.Report("paths", "is empty, so that no file would be watched; leave it out, or write \"enabled\": false");
        return defaults with
        {
            Paths = arePathsRight && paths is { Count: > 0 } ? paths : defaults.Paths,
            ExcludeFiles = Checked(files, "exclude_files", FilesOptionFaults.OfExpression) ?? defaults.ExcludeFiles,
            IncludeFiles = Checked(files, "include_files", FilesOptionFaults.OfExpression) ?? defaults.IncludeFiles,
            HashTypes = Checked(files, "hash_types", FilesOptionFaults.OfHash) ?? defaults.HashTypes,
            FileParsers = Checked(files, "file_parsers", FilesOptionFaults.OfParser) ?? defaults.FileParsers,
            MaxFileSize = files.Bytes("max_file_size", defaults.MaxFileSize),
            ScanAtStart = files.Truth("scan_at_start", defaults.ScanAtStart),
            ScanRatePerSecond = files.Bytes("scan_rate_per_sec", defaults.ScanRatePerSecond),
            ScanInterval = files.Duration("scan_interval", defaults.ScanInterval ?? TimeSpan.Zero) is { Ticks: > 0 } interval
                ? interval
                : null,
            ScanThreads = (int)files.Whole("scan_threads", defaults.ScanThreads, 1, 64),
            Backend = files.Choice(
                "backend",
                defaults.Backend,
                ("auto", FilesBackend.Auto),
                ("fanotify", FilesBackend.Fanotify),
                ("inotify", FilesBackend.Inotify)),
        };
    }

    private static IReadOnlyList<string>? Checked(SettingsSection section, string key, Func<string, string?> fault) =>
        section.Texts(key) is { } texts && section.Check(key, fault) ? texts : null;

    // The names are those of Auditbeat's auditd module where it has them.
    private static AuditOptions Audit(SettingsSection audit, AuditOptions defaults)
    {
        SettingsSection reassembler = audit.Section("reassembler");
        reassembler.KnowOthers(AuditbeatKeys.Reassembler);
        TimeSpan timeout = reassembler.Duration("timeout", defaults.Timeout);
        if (timeout < TimeSpan.FromMilliseconds(100) || timeout > TimeSpan.FromMinutes(10))
        {
            reassembler.Report("timeout", "must be from \"100ms\" to \"10m\"");
            timeout = defaults.Timeout;
        }

        return defaults with
        {
            SocketType = audit.Choice(
                "socket_type",
                defaults.SocketType,
                ("auto", null),
                ("unicast", AuditSocketType.Unicast),
                ("multicast", AuditSocketType.Multicast)),
            FailureMode = audit.Choice(
                "failure_mode",
                defaults.FailureMode,
                ("silent", AuditFailureMode.Silent),
                ("log", AuditFailureMode.Log),
                ("panic", AuditFailureMode.Panic)),
            BacklogLimit = (uint)audit.Whole("backlog_limit", defaults.BacklogLimit, 0, uint.MaxValue),
            BacklogWaitTime = (uint?)audit.OptionalWhole("backlog_wait_time", 0, uint.MaxValue) ?? defaults.BacklogWaitTime,
            RateLimit = (uint)audit.Whole("rate_limit", defaults.RateLimit, 0, uint.MaxValue),
            BackpressureStrategy = audit.Choice(
                "backpressure_strategy",
                defaults.BackpressureStrategy,
                ("auto", BackpressureStrategy.Auto),
                ("none", BackpressureStrategy.None),
                ("kernel", BackpressureStrategy.Kernel),
                ("userspace", BackpressureStrategy.Userspace),
                ("user-space", BackpressureStrategy.Userspace),
                ("both", BackpressureStrategy.Both)),
            Immutable = audit.Truth("immutable", defaults.Immutable),
            Repair = audit.Truth("repair", defaults.Repair),
            Restore = audit.Truth("restore", defaults.Restore),
            ReceiveBuffer = (int)Math.Clamp(audit.Bytes("receive_buffer", defaults.ReceiveBuffer), 4096, 1 << 30),
            QueueBytes = Math.Max(1 << 16, audit.Bytes("queue_bytes", defaults.QueueBytes)),
            MaxInFlight = (int)reassembler.Whole("max_in_flight", defaults.MaxInFlight, 1, 1_000_000),
            Timeout = timeout,
        };
    }

    private static MetricsSettings Metrics(SettingsSection metrics, MetricsSettings defaults)
    {
        IPEndPoint? listen = metrics.OptionalText("listen") is { } text ? Loopback(text) : defaults.Listen;
        if (listen is null)
            metrics.Report("listen", "must be a loopback address and a port, such as \"127.0.0.1:9469\"; port 0 takes a free one");
        Uri? collector = metrics.OptionalText("opentelemetry") is { } given ? HttpAddress(given) : null;
        if (collector is null && metrics.Has("opentelemetry"))
            metrics.Report("opentelemetry", "must be the address of a collector, such as \"http://127.0.0.1:4318\"");
        return new MetricsSettings { Listen = metrics.Truth("enabled", true) ? listen : null, OpenTelemetry = collector };
    }

    // An address without a port is parsed as one with port 0.
    private static IPEndPoint? Loopback(string text) =>
        IPEndPoint.TryParse(text, out IPEndPoint? address) && IPAddress.IsLoopback(address.Address)
        && (address.Port > 0 || text.EndsWith(":0", StringComparison.Ordinal)) ? address : null;

    private static Uri? HttpAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address is { Scheme: "http" or "https" } ? address : null;
}
