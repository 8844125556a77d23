using Microsoft.Extensions.Logging;
using Streams.Events.Input;

namespace Streams.Audit.Netlink;

/// <summary>
/// What the collector does as the audit daemon, or beside it: takes the records, sets and looks after the settings and the rules, counts
/// what was lost, hands the records back. For one thread, but for the counts.
/// </summary>
/// <remarks>
/// While audit is locked (enabled = 2) the kernel still gives its records to who asks for them; it refuses to change rules and settings,
/// audit_do_config_change and AUDIT_ADD_RULE of kernel/audit.c. Then what differs is told, and nothing is tried.
/// </remarks>
internal sealed partial class AuditDaemon
{
    private const uint Locked = 2;

    private readonly AuditOptions _options;
    private readonly IAuditRules? _rules;
    private readonly IAuditKernel _kernel;
    private readonly RecordDecoder _decoder;
    private readonly AuditReports _reports;
    private readonly ILogger _log;
    private readonly Backoff _registering;
    private readonly RepairLimit _repairs;
    private readonly Reminder _wrongAgain;
    private readonly HashSet<AuditSetting> _refused = [];
    private readonly FoundSettings _before;
    private AuditSituation _found = new();
    private SocketChoice _choice = new(null, "");
    private OwnedSettings? _settings;
    private IReadOnlyList<SettingChange> _wrong = [];
    private CollectorCondition[] _conditions = [];
    private bool _isOwner;
    private bool _hasLocked;

    public AuditDaemon(
        AuditOptions options, TimeProvider time, IAuditRules? rules, IAuditKernel kernel, FoundSettings before, RecordDecoder decoder,
        AuditReports reports, ILogger log)
    {
        _options = options;
        _rules = rules;
        _kernel = kernel;
        _decoder = decoder;
        _reports = reports;
        _log = log;
        _before = before;
        _registering = new Backoff(time);
        _repairs = new RepairLimit("audit settings", time);
        _wrongAgain = new Reminder(time);
        Losses = new KernelLosses(time, reports);
    }

    /// <summary>What the kernel has lost.</summary>
    public KernelLosses Losses { get; }

    /// <summary>Whether the kernel tells its state: it does so with CAP_AUDIT_CONTROL.</summary>
    public bool IsTold => _found.Status is not null;

    /// <summary>What is not watched because of the settings, the owner or the rights. May be read from any thread.</summary>
    public IReadOnlyList<CollectorCondition> Conditions => Volatile.Read(ref _conditions);

    /// <summary>How many settings are not what they should be. May be read from any thread.</summary>
    public int Wrong => Volatile.Read(ref _wrong).Count;

    /// <summary>How often settings were set back. May be read from any thread.</summary>
    public long Repairs => _repairs.Total;

    /// <summary>Finds out how records can be had; nothing is changed yet.</summary>
    /// <exception cref="InvalidOperationException">There is no way; the message says what to do.</exception>
    public void Open()
    {
        Find();
        if (_choice.Type is null) throw new InvalidOperationException(_choice.Reason);
        Losses.Start(_found.Status);
    }

    /// <summary>Takes the records and sets up what should be, once somebody reads the socket.</summary>
    /// <exception cref="InvalidOperationException">The kernel does not give the records; the message says why.</exception>
    /// <exception cref="AuditException">The kernel does not answer.</exception>
    public void Begin()
    {
        if (_choice.Type == AuditSocketType.Unicast && !Register())
        {
            // Somebody came in between, or the kernel has reasons of its own.
            Find();
            if (_choice.Type != AuditSocketType.Multicast)
                throw new InvalidOperationException($"the kernel does not take it for the audit daemon: {_choice.Reason}");
        }

        if (!_isOwner) ReadAlong();
        if (_options.Restore && _before.Fault is { } fault) LogNotKnown(_log, fault);
        if (_found is { Status: { } status, IsLocked: false })
        {
            Own(status);
            _rules?.Load(_kernel.Rules, _reports);
            Set(AuditSetting.Enabled, 1, status);
            if (_isOwner && _options.Immutable) Lock();
        }
        else if (_found.IsLocked)
        {
            // What differs can only be told.
            _rules?.Check(_kernel.Rules, _reports);
        }

        TellStart();
        Publish();
    }

    /// <summary>Looks whether all is as it should be, but for the rules.</summary>
    /// <exception cref="AuditException">The kernel does not answer.</exception>
    public void Check()
    {
        bool wasLocked = _found.IsLocked;
        AuditStatus status = Losses.Check(_kernel);
        _found = _found with { Status = status, Owner = AuditOwner.Foreign(status) };
        if (_found.IsLocked && !wasLocked && !_hasLocked) TellLocked();
        if (_isOwner && status.Pid != Environment.ProcessId) LoseOwner();
        // What it sets as the new daemon is looked at next time.
        bool isNew = !_isOwner && WantsToOwn && BecomeOwner();
        if (!isNew) CheckSettings(status);
        Publish();
    }

    /// <summary>Looks whether the rules are as they should be.</summary>
    /// <exception cref="AuditException">The kernel does not answer.</exception>
    public void CheckRules() => _rules?.Check(_kernel.Rules, _reports);

    /// <summary>Gives the records up; somebody must read the socket meanwhile.</summary>
    // The kernel asks the owner whether it lives while it holds what it needs to send records: hence over the other connection, and
    // while the socket is read on.
    public void HandBack()
    {
        if (!IsTold) return;

        // What the kernel refuses of one of them must not keep the others from being done.
        Try(() => LogRefused(_rules?.Release(_kernel.Rules) ?? []));
        if (_options.Restore) Try(Restore);
        Try(() =>
        {
            if (_isOwner) _kernel.Set(AuditSetting.Pid, 0);
        });
        Try(() => Losses.Check(_kernel));
    }

    private void Try(Action step)
    {
        try
        {
            step();
        }
        catch (AuditException error)
        {
            LogRefused(_log, error.Message);
        }
    }

    private void Restore()
    {
        (IReadOnlyList<string> done, IReadOnlyList<string> refused) = _before.PutBack(_kernel);
        foreach (string line in done) LogRestored(_log, line);
        LogRefused(refused);
    }

    private void LogRefused(IReadOnlyList<string> refused)
    {
        foreach (string line in refused) LogRefused(_log, line);
    }

    private void Find()
    {
        _found = _kernel.Find(_rules is not null);
        _choice = SocketChoice.Of(_options, _found);
    }

    private void TellStart()
    {
        bool hasBoot = AuditBoot.HasAudit;
        string message = $"{(_isOwner ? "Streams is the audit daemon (unicast)" : "Streams reads along (multicast)")}: {_choice.Reason}";
        if (_isOwner && _settings is null && _found.Status is { } status) message += Stays(status);
        if (!hasBoot) message += "; processes from before audit was enabled are never audited: boot with audit=1";
        _reports.Tell(
            "audit-collector-started", message,
            ("socket_type", _isOwner ? "unicast" : "multicast"), ("reason", _choice.Reason),
            ("enabled_at_boot", hasBoot ? "yes" : "no"), ("locked", _found.IsLocked || _hasLocked ? "yes" : "no"),
            ("owner.pid", _found.Owner?.Pid), ("owner.executable", _found.Owner?.Executable),
            ("jiffies_per_second", Losses.Ticks.PerSecond));
        if (_isOwner && _options.FailureMode == AuditFailureMode.Panic) LogPanic(_log);
    }

    // Whoever locked audit before has chosen the settings, which need not be an attack.
    private string Stays(AuditStatus status)
    {
        string[] differences =
        [
            .. new OwnedSettings(_options, status).Differences(status)
                .Select(change => $"{change.Setting.Name()} is {change.Found} and not {change.Expected}"),
        ];
        return differences.Length == 0 ? "" : $": {string.Join(", ", differences)}";
    }

    private void TellLocked() =>
        _reports.Warn(
            "audit-setting-changed", "enabled is 2: somebody has locked audit, so that rules and settings stay until the next boot",
            ("setting", AuditSetting.Enabled.Name()), ("expected", 1), ("found", Locked));

    // The settings are the daemon's; one who reads along only needs audit to be on.
    private void Own(AuditStatus status)
    {
        _settings = new OwnedSettings(_options, status, onlyEnabled: !_isOwner);
        uint limit = _settings.Expected.GetValueOrDefault(AuditSetting.RateLimit, _options.RateLimit);
        if (limit != _options.RateLimit) LogRateLimit(_log, limit);
        KeepFound(status, _settings);
        foreach ((AuditSetting setting, uint value) in _settings.Expected)
        {
            if (setting != AuditSetting.Enabled) Set(setting, value, status);
        }
    }

    private void KeepFound(AuditStatus status, OwnedSettings settings)
    {
        if (_options.Restore && _before.Add(status, settings.Expected) is { } failure) LogNotKept(_log, failure);
    }

    private void Set(AuditSetting setting, uint value, AuditStatus status)
    {
        uint? found = status[setting];
        if (found is null || found == value || (setting == AuditSetting.Enabled && found > value)) return;
        TrySet(setting, value);
    }

    // What it is instead is told by the next look.
    private bool TrySet(AuditSetting setting, uint value)
    {
        if (_found.IsLocked) return false;
        try
        {
            _kernel.Set(setting, value);
            _refused.Remove(setting);
            return true;
        }
        catch (AuditException error)
        {
            if (error.Number == Libc.Eperm) _found = _found with { Status = _kernel.GetStatus() };
            if (_found.IsLocked) TellLocked();
            else if (_refused.Add(setting)) LogRefused(_log, error.Message);
            return false;
        }
    }

    private void Lock() => _hasLocked = TrySet(AuditSetting.Enabled, Locked);

    private void CheckSettings(AuditStatus status)
    {
        if (_settings is null) return;
        IReadOnlyList<SettingChange> wrong = _settings.Differences(status);
        foreach (SettingChange change in _settings.News(wrong)) Tell(change, "");
        if (_options.Repair && wrong.Count > 0 && !_found.IsLocked && _repairs.IsAllowed) wrong = Repair(wrong);
        Volatile.Write(ref _wrong, wrong);
        if (!_wrongAgain.IsDue(wrong.Count > 0)) return;
        foreach (SettingChange change in wrong) Tell(change, "still ");
    }

    private void Tell(SettingChange change, string still)
    {
        string name = change.Setting.Name();
        string locked = _found.IsLocked ? ", and stays so until the next boot: audit is locked" : "";
        _reports.Warn(
            "audit-setting-changed", $"{name} is {still}{change.Found}, not {change.Expected}{locked}",
            ("setting", name), ("expected", change.Expected), ("found", change.Found));
    }

    // Returns what could not be set back.
    private List<SettingChange> Repair(IReadOnlyList<SettingChange> wrong)
    {
        List<SettingChange> left = [];
        foreach (SettingChange change in wrong)
        {
            string name = change.Setting.Name();
            if (TrySet(change.Setting, change.Expected))
                _reports.Tell("audit-repaired", $"{name} is {change.Expected} again", ("setting", name), ("expected", change.Expected));
            else
                left.Add(change);
        }

        _repairs.Add(_reports);
        return left;
    }

    private void Publish()
    {
        IReadOnlyList<SettingChange> wrong = _wrong;
        // Whoever locked audit before has chosen the settings.
        if (_settings is null && _isOwner && _found.Status is { } status) wrong = new OwnedSettings(_options, status).Differences(status);
        Volatile.Write(
            ref _conditions,
            [.. AuditConditions.List(_found, wrong, _rules is not null, _isOwner, _options.Repair, AuditBoot.HasAudit)]);
    }

    private void LoseOwner()
    {
        _isOwner = _decoder.IsOwner = false;
        // The settings are those of the new daemon.
        if (_found is { Owner: not null, Status: { } status })
        {
            _settings = new OwnedSettings(_options, status, onlyEnabled: true);
            KeepFound(status, _settings);
        }

        string by = _found.Owner is { } owner ? $"{owner} has it" : "nobody has it";
        _reports.Warn(
            "audit-owner-lost", $"Streams is the audit daemon no more: {by}",
            ("owner.pid", _found.Owner?.Pid), ("owner.executable", _found.Owner?.Executable));
        if (_found.Owner is null && TryRegister())
        {
            _reports.Tell("audit-owner-regained", "Streams is the audit daemon again", ("owner.pid", Environment.ProcessId));
            return;
        }

        ReadAlong();
    }

    private bool WantsToOwn => _choice.WaitsForOwner || _choice.Type == AuditSocketType.Unicast;

    private bool BecomeOwner()
    {
        if (_found.Owner is not null)
        {
            _registering.Reset();
            return false;
        }

        if (_registering.IsPause || !TryRegister()) return false;
        _kernel.TryReadAlong(false);
        if (_found is { Status: { } status, IsLocked: false })
        {
            Own(status);
            if (_options.Immutable) Lock();
        }

        _reports.Tell("audit-owner-regained", "Streams is the audit daemon now", ("owner.pid", Environment.ProcessId));
        return true;
    }

    private bool Register()
    {
        _kernel.Register();
        return _isOwner = _decoder.IsOwner = _kernel.GetStatus().Pid == Environment.ProcessId;
    }

    // Each try that the kernel refuses is a CONFIG_CHANGE record for everybody who reads along.
    private bool TryRegister()
    {
        if (Register())
        {
            _registering.Reset();
            return true;
        }

        if (_registering.Fail()) LogNotRegistered(_log, _found.Status?.Pid ?? 0);
        return false;
    }

    private void ReadAlong()
    {
        if (!_kernel.TryReadAlong(true))
            throw new InvalidOperationException("CAP_AUDIT_READ is missing to read along: run it as root, or give it that capability");
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "audit: {Line}")]
    private static partial void LogRestored(ILogger log, string line);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "what the settings of audit were before an earlier run is not known, so what they are now counts as found: {Fault}")]
    private static partial void LogNotKnown(ILogger log, string fault);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "what the settings of audit were is not kept, so after a kill they cannot be put back: {Failure}")]
    private static partial void LogNotKept(ILogger log, string failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Refusal}")]
    private static partial void LogRefused(ILogger log, string refusal);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "the kernel does not make Streams the audit daemon: audit_pid is {Pid}, and no such process is seen; it reads along, and "
            + "asks again, once a minute in the end")]
    private static partial void LogNotRegistered(ILogger log, uint pid);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "rate_limit is {Limit}: the strategy userspace needs one, and none is configured; the kernel loses what is above it")]
    private static partial void LogRateLimit(ILogger log, uint limit);

    [LoggerMessage(Level = LogLevel.Warning, Message = "failure_mode is panic: the machine stops when a record cannot be delivered")]
    private static partial void LogPanic(ILogger log);
}
