using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Streams.Audit;
using Streams.Audit.Netlink;
using Streams.Audit.Processes;
using Streams.Audit.Rules;
using Streams.Events.Input;
using Streams.Files;
using Streams.Files.Packages;
using Streams.Files.Watching;
using Streams.Host.CommandLine;
using Streams.Host.Configuration;

namespace Streams.Host.Live;

/// <summary>The collectors of this machine, as the configuration and the rights of this process allow, and what they share.</summary>
internal sealed class CollectorSet : IDisposable
{
    // A change that nobody is known to have made waits so long for the records of its call.
    private static readonly TimeSpan RecordsPatience = TimeSpan.FromSeconds(1);

    private readonly List<ICollector> _collectors = [];
    private readonly List<IDisposable> _shared = [];
    private readonly List<CollectorCondition> _conditions = [];

    private CollectorSet()
    {
    }

    /// <summary>The collectors; none has started.</summary>
    public IReadOnlyList<ICollector> Collectors => _collectors;

    /// <summary>What of the configuration cannot be watched at all, and which limits the rights of this process set.</summary>
    public IReadOnlyList<CollectorCondition> Conditions => _conditions;

    /// <summary>Makes the collectors.</summary>
    /// <param name="settings">The configuration.</param>
    /// <param name="follow">A log to follow in place of the kernel's audit; null for none.</param>
    /// <param name="host">The name of this host.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">What they have to say to the operator.</param>
    /// <param name="machine">The machine that audit rules are for; null when they cannot be compiled for this one.</param>
    public static CollectorSet Make(
        CollectorSettings settings, string? follow, string host, TimeProvider time, ILogger log, RuleMachine? machine)
    {
        var set = new CollectorSet();
        // A log may be another machine's, whose files are not here.
        if (follow is not null)
        {
            set._collectors.Add(new FollowedLog(new FollowOptions { Path = follow, Host = host }, time, log));
            return set;
        }

        IReadOnlyList<(string Name, bool IsForFiles, string Without)> missing = Capabilities.Missing(File.ReadAllText("/proc/self/status"));
        bool hasAudit = settings.AuditEnabled;
        if (hasAudit && AuditCollector.FindObstacle(settings.Audit, HasRules(settings, machine)) is { } obstacle)
        {
            LiveLog.NoAudit(log, obstacle);
            set._conditions.Add(CollectorCondition.Fault(
                $"Kernel audit is not watched: {obstacle}; \"audit\": {{ \"enabled\": false }} says that it is meant."));
            hasAudit = false;
        }

        foreach ((string name, bool isForFiles, string without) in missing)
        {
            if (isForFiles ? !settings.FilesEnabled : !hasAudit) continue;
            LiveLog.Lacks(log, name, without);
            set._conditions.Add(CollectorCondition.Note($"Without {name}, {without}."));
        }

        (AuditCollector? audit, ProcessTable? processes) = hasAudit ? set.AddAudit(settings, host, time, log, machine) : default;
        if (settings.FilesEnabled) set.AddFiles(settings, host, time, audit, processes, log);
        return set;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable shared in _shared) shared.Dispose();
    }

    private (AuditCollector Collector, ProcessTable Processes) AddAudit(
        CollectorSettings settings, string host, TimeProvider time, ILogger log, RuleMachine? machine)
    {
        AccountNames? names = settings.ResolveIds ? Names(time) : null;
        ProcessTable processes = FirstNamespaces.HavePid
            ? new ProcessTable(new ProcFileSystem(), names)
            : new ProcessTable(new HiddenProcesses(), names, new ProcessTableOptions { OwnPid = -1 });
        RuleSources sources = ConfiguredRules.Of(settings);
        AuditOptions options = settings.Audit with { Host = host, StatePath = settings.Files.StatePath };
        if (options.StatePath is { } state && Trust.ForRun?.Check(state) is { } distrust)
        {
            LiveLog.NotKept(log, distrust);
            options = options with { StatePath = null };
        }

        AuditRules? rules = null;
        if (machine is not null)
        {
            RuleEnvironment environment = RuleEnvironment.OfHost(machine);
            options = WithRuleSettings(options, sources.Read(environment, out _).Settings);
            if (!sources.AreNone) rules = new AuditRules(sources, environment, options.Repair, time, log);
        }
        else if (!sources.AreNone)
        {
            LiveLog.NoRules(log, RuntimeInformation.OSArchitecture);
            _conditions.Add(CollectorCondition.Fault(
                $"No audit rules are loaded: they cannot be compiled for {RuntimeInformation.OSArchitecture}; load yours with auditctl, "
                + "and set \"rules\": [], which says that it is meant."));
        }

        var collector = new AuditCollector(
            options, time, rules, processes, () => processes.ReadSnapshot(host, AuditCollector.CollectorName, time.GetUtcNow()), log);
        _collectors.Add(collector);
        return (collector, processes);
    }

    private void AddFiles(
        CollectorSettings settings, string host, TimeProvider time, AuditCollector? audit, ProcessTable? processes, ILogger log)
    {
        AccountNames? names = settings.ResolveIds ? Names(time) : null;
        var dpkg = new DpkgDatabase(time);
        _shared.Add(dpkg);
        var packages = new PackageRecognition(dpkg);
        var surroundings = new FileSurroundings
        {
            UserName = id => Name(names, id, isGroup: false),
            GroupName = id => Name(names, id, isGroup: true),
            EndedProcess = pid => Actor(processes?.Find(pid, time.GetUtcNow())),
            ChangedBy = (file, when) =>
            {
                audit?.WaitFor(when, RecordsPatience);
                return Actor(processes?.FindChanger(file.Inode, Path.GetFileName(file.Path), when));
            },
            Package = (actor, file) => packages.Find(actor?.Executable, actor?.Ancestors, file),
        };
        _collectors.Add(new FileCollector(settings.Files with { Host = host }, time, surroundings, log) { IsAcknowledged = true });
    }

    private static FileActor? Actor(ProcessFacts? process) => process is null ? null : new FileActor(
        process.Pid, process.Executable, process.User, UserName: null, process.AuditUser, process.Session, process.EntityId,
        process.Ancestors, process.Name)
    {
        ParentExecutable = process.ParentExecutable,
    };

    private static bool HasRules(CollectorSettings settings, RuleMachine? machine) =>
        machine is not null && !ConfiguredRules.Of(settings).AreNone;

    private AccountNames Names(TimeProvider time)
    {
        AccountNames names = NameService.OfThisHost(time, out NameService service);
        _shared.Add(service);
        return names;
    }

    // Several threads look at files, and names are one thread's at a time.
    private static string? Name(AccountNames? names, uint id, bool isGroup)
    {
        if (names is null) return null;
        lock (names) return isGroup ? names.GroupText(id) : names.UserText(id);
    }

    // What rule files say with -b, -e, -f and -r counts where the configuration has the default.
    private static AuditOptions WithRuleSettings(AuditOptions options, RuleSettings rules)
    {
        var usual = new AuditOptions();
        return options with
        {
            BacklogLimit = options.BacklogLimit == usual.BacklogLimit ? rules.BacklogLimit ?? options.BacklogLimit : options.BacklogLimit,
            BacklogWaitTime = options.BacklogWaitTime ?? rules.BacklogWaitTime,
            RateLimit = options.RateLimit == usual.RateLimit ? rules.RateLimit ?? options.RateLimit : options.RateLimit,
            FailureMode = options.FailureMode == usual.FailureMode && rules.FailureMode is { } mode
                ? (AuditFailureMode)mode
                : options.FailureMode,
            Immutable = options.Immutable || rules.Enabled == 2,
        };
    }
}
