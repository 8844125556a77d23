using Streams.Audit.Netlink;
using Streams.Audit.Rules;
using Streams.Events.Input;
using Streams.Files.Watching;
using Streams.Host.Configuration;
using Streams.Host.Live;

namespace Streams.Host.Reach;

/// <summary>What a configuration has watched.</summary>
internal static class ConfiguredWatch
{
    /// <summary>By the configuration alone, whatever this process may do.</summary>
    public static Watched Of(Settings settings)
    {
        CollectorSettings collectors = settings.Collectors;
        RuleEnvironment? environment = RuleMachine.Current is { } machine ? RuleEnvironment.OfHost(machine) : null;
        RuleSources sources = ConfiguredRules.Of(collectors);
        return new Watched
        {
            NoAudit = collectors.AuditEnabled ? null : "kernel audit is off in the configuration",
            Rules = environment is null ? null : Rules(sources, environment),
            IsGuarded = !sources.AreNone,
            Environment = environment,
            NoFiles = collectors.FilesEnabled ? null : "file changes are off in the configuration",
            Paths = collectors.Files.Paths,
        };
    }

    /// <summary>By the collectors that a run has.</summary>
    /// <param name="settings">The configuration.</param>
    /// <param name="running">The collectors.</param>
    /// <param name="isLog">Whether a log is followed in place of the kernel's audit.</param>
    public static Watched Of(Settings settings, IReadOnlyList<ICollector> running, bool isLog)
    {
        Watched watched = Of(settings);
        bool hasAudit = running.Any(collector => collector.Name == AuditCollector.CollectorName);
        bool hasFiles = running.Any(collector => collector.Name == FileCollector.CollectorName);
        return watched with
        {
            NoAudit = hasAudit ? null : watched.NoAudit ?? "kernel audit is out of reach for this user",
            IsLog = isLog,
            Rules = isLog ? null : watched.Rules,
            NoFiles = hasFiles ? null : isLog ? "a log is followed, and no files are watched" : watched.NoFiles ?? "no files are watched",
        };
    }

    // With "rules": [] those count that are loaded, if they can be seen.
    private static IReadOnlyList<AuditRule>? Rules(RuleSources sources, RuleEnvironment environment)
    {
        if (!sources.AreNone) return [.. sources.Read(environment, out _).Rules.Select(rule => rule.Rule)];
        try
        {
            using var control = new AuditControl();
            return [.. control.ListRules().Select(bytes => AuditRule.Read(bytes)).OfType<AuditRule>()];
        }
        catch (AuditException)
        {
            return null;
        }
    }
}
