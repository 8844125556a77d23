using System.Net;
using Streams.Audit.Netlink;
using Streams.Events;
using Streams.Files;
using Streams.Notify;

namespace Streams.Host.Configuration;

/// <summary>What streams.config.json says, or the defaults.</summary>
internal sealed record Settings
{
    /// <summary>Where the paths among the values stand in the file, by dotted key; those that are not there are left out.</summary>
    public IReadOnlyList<SettingPlace> Places { get; init; } = [];

    /// <summary>The folder of the queries, absolute.</summary>
    public required string Queries { get; init; }

    /// <summary>The folder where compiled scripts are kept, absolute.</summary>
    public required string Cache { get; init; }

    /// <summary>The folder of what a live run remembers, absolute.</summary>
    public required string State { get; init; }

    /// <summary>The socket on which a live run is asked things, absolute.</summary>
    public required string Control { get; init; }

    /// <summary>
    /// The host of records that name none; null is <c>localhost</c> for logs, and the machine's own name for what it collects itself.
    /// </summary>
    public string? Host { get; init; }

    /// <summary>How many threads share the queries' work.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>How long the engine waits for what a host may still send of an earlier time.</summary>
    public TimeSpan Lateness { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Where metrics are to be had.</summary>
    public MetricsSettings Metrics { get; init; } = new();

    /// <summary>Where a live run's alerts go beside standard output.</summary>
    public AlertSettings Alerts { get; init; } = new();

    /// <summary>What a live run watches.</summary>
    public CollectorSettings Collectors { get; init; } = new();

    /// <summary>The defaults.</summary>
    /// <param name="root">The folder that the queries stand in.</param>
    /// <param name="environment">Reads an environment variable.</param>
    public static Settings Defaults(string root, Func<string, string?> environment)
    {
        string state = EffectiveUser.Id == 0 ? "/var/lib/streams" : UserFolder(environment, "XDG_STATE_HOME", ".local/state");
        return new()
        {
            Queries = Path.Combine(root, "queries"),
            Cache = UserFolder(environment, "XDG_CACHE_HOME", ".cache"),
            State = state,
            Control = Path.Combine(Runtime(environment) ?? state, "control.sock"),
        };
    }

    // XDG Base Directory Specification: a relative path in such a variable is to be ignored.
    private static string UserFolder(Func<string, string?> environment, string variable, string below)
    {
        string? folder = environment(variable);
        if (folder is not null && Path.IsPathRooted(folder)) return Path.Combine(folder, "streams");
        string? home = environment("HOME");
        return home is not null && Path.IsPathRooted(home)
            ? Path.Combine(home, below, "streams")
            : Path.Combine(Path.GetTempPath(), $"streams-{Environment.UserName}");
    }

    private static string? Runtime(Func<string, string?> environment) =>
        EffectiveUser.Id == 0 ? "/run/streams"
        : environment("XDG_RUNTIME_DIR") is { } folder && Path.IsPathRooted(folder) ? Path.Combine(folder, "streams")
        : null;
}

/// <summary>Where the metrics of a live run are to be had.</summary>
internal sealed record MetricsSettings
{
    /// <summary>The loopback address and port of <c>/metrics</c> and <c>/healthz</c>; null for none.</summary>
    public IPEndPoint? Listen { get; init; } = new(IPAddress.Loopback, 9469);

    /// <summary>
    /// The address of an OpenTelemetry collector that metrics are sent to, by OTLP: over gRPC at port 4317, else over HTTP; null for none.
    /// </summary>
    public Uri? OpenTelemetry { get; init; }
}

/// <summary>Where a live run's alerts go beside standard output.</summary>
internal sealed record AlertSettings
{
    /// <summary>The file that they are appended to as JSON; null for none.</summary>
    public AlertFileOptions? File { get; init; }

    /// <summary>The command that is run for each; null for none.</summary>
    public CommandOptions? Command { get; init; }

    /// <summary>The file that holds the address of Slack's webhook; null for none.</summary>
    public string? SlackWebhookFile { get; init; }

    /// <summary>The environment variable that holds it; null for none.</summary>
    public string? SlackWebhookVariable { get; init; }
}

/// <summary>What a live run watches.</summary>
internal sealed record CollectorSettings
{
    /// <summary>Whether kernel audit is read.</summary>
    public bool AuditEnabled { get; init; } = true;

    /// <summary>How kernel audit is read.</summary>
    public AuditOptions Audit { get; init; } = new();

    /// <summary>The audit rules that should be loaded; null for the default set, none to leave the rules alone.</summary>
    public IReadOnlyList<string>? RulesText { get; init; }

    /// <summary>Where each of <see cref="RulesText"/> stands.</summary>
    public IReadOnlyList<(string File, int Line, int Column)> RulePlaces { get; init; } = [];

    /// <summary>Files of audit rules, absolute; the last part may have * and ?.</summary>
    public IReadOnlyList<string> RuleFiles { get; init; } = [];

    /// <summary>Whether names of users and groups are looked up on this machine.</summary>
    public bool ResolveIds { get; init; } = true;

    /// <summary>Whether files are watched.</summary>
    public bool FilesEnabled { get; init; } = true;

    /// <summary>How files are watched.</summary>
    public FilesOptions Files { get; init; } = new();
}
