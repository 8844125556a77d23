using Microsoft.Extensions.Logging;

namespace Streams.Audit.Netlink;

/// <summary>
/// The thread that looks after the state of audit: who gets the records, what was lost, the settings, the rules. It sets up all of that
/// at the start, and hands the records back at the end.
/// </summary>
internal sealed partial class AuditWatch
{
    private const int Interval = 1000;

    // From a change to the look: somebody may be changing several things.
    private const int ChangeInterval = 100;

    // auditctl -D takes a second for a hundred rules, and is one act.
    private const int LongestChange = 2000;

    private const int RulesInterval = 60_000;

    private readonly AuditOptions _options;
    private readonly TimeProvider _time;
    private readonly IAuditRules? _rules;
    private readonly AuditControl _control;
    private readonly AuditSocket _socket;
    private readonly RecordDecoder _decoder;
    private readonly OwnChanges _ownChanges;
    private readonly AuditReports _reports;
    private readonly ILogger _log;
    private readonly Action<Exception> _failed;
    private readonly KernelTicks _ticks = KernelTicks.Find();
    private readonly object _gate = new();
    private readonly Thread _thread;
    private AuditSituation _found = new();
    private SocketChoice _choice = new(null, "");
    private OwnedSettings? _settings;
    private RisingCount _lost;
    private RisingCount _waited;
    private DateTimeOffset _checkedAt;
    private bool _isOwner;
    private bool _isSilent;
    private long _backlog;
    private long _mostBacklog;
    private bool _isStopped;
    private bool _hasChange;

    public AuditWatch(
        AuditOptions options, TimeProvider time, IAuditRules? rules, AuditControl control, AuditSocket socket, RecordDecoder decoder,
        OwnChanges ownChanges, AuditReports reports, ILogger log, Action<Exception> failed)
    {
        _options = options;
        _time = time;
        _rules = rules;
        _control = control;
        _socket = socket;
        _decoder = decoder;
        _ownChanges = ownChanges;
        _reports = reports;
        _log = log;
        _failed = failed;
        _thread = new Thread(Run) { Name = "audit watch", IsBackground = true };
    }

    /// <summary>Records that the kernel has lost since the start.</summary>
    public long LostInKernel => _lost.Total;

    /// <summary>How long audited programs have waited since the start, all together.</summary>
    public long WaitedMilliseconds => _waited.Total * 1000 / _ticks.PerSecond;

    /// <summary>Records that waited in the kernel when it last looked.</summary>
    public long Backlog => Volatile.Read(ref _backlog);

    /// <summary>The most that it has seen waiting.</summary>
    public long MostBacklog => Volatile.Read(ref _mostBacklog);

    /// <summary>Finds out how records can be had; nothing is changed yet.</summary>
    /// <exception cref="InvalidOperationException">There is no way; the message says what to do.</exception>
    public void Open()
    {
        _found = AuditSituation.Find(_control, _rules is not null);
        _choice = SocketChoice.Of(_options, _found);
        if (_choice.Type is null) throw new InvalidOperationException(_choice.Reason);
        if (_found.Status is { } status) Count(status);
        _checkedAt = _time.GetUtcNow();
    }

    /// <summary>Begins, once somebody reads the socket.</summary>
    public void Start() => _thread.Start();

    /// <summary>Looks at once.</summary>
    public void CheckSoon()
    {
        lock (_gate)
        {
            _hasChange = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Hands the records back and ends; somebody must read the socket meanwhile.</summary>
    public void Stop(int milliseconds)
    {
        lock (_gate)
        {
            _isStopped = true;
            Monitor.Pulse(_gate);
        }

        if (_thread.IsAlive) _thread.Join(milliseconds);
    }

    private void Run()
    {
        try
        {
            Begin();
            long rulesAt = Clock + RulesInterval;
            while (Wait(out bool hasChange))
            {
                if (_found.Status is null) continue;
                bool hasChecked = TryCheck(Check);
                if (_rules is null) continue;
                if (_rules.HaveChanged() || hasChange) rulesAt = Clock;
                if (hasChecked && Clock >= rulesAt && TryCheck(() => _rules.Check(_control, _reports))) rulesAt = Clock + RulesInterval;
            }

            HandBack();
        }
        catch (Exception error)
        {
            _failed(error);
        }
    }

    // The kernel answers late when others keep it busy with rules; the next look tells what this one did not.
    private bool TryCheck(Action check)
    {
        try
        {
            check();
            _isSilent = false;
            return true;
        }
        catch (AuditException error)
        {
            if (!_isSilent) LogRefused(_log, error.Message);
            _isSilent = true;
            return false;
        }
    }

    // False when it is to end. What changes in quick succession is looked at once, when it has come to rest.
    private bool Wait(out bool hasChange)
    {
        lock (_gate)
        {
            if (!_isStopped && !_hasChange) Monitor.Wait(_gate, Interval);
            hasChange = _hasChange;
            for (long until = Clock + LongestChange; _hasChange && !_isStopped && Clock < until;)
            {
                _hasChange = false;
                Monitor.Wait(_gate, ChangeInterval);
            }

            _hasChange = false;
            return !_isStopped;
        }
    }

    private void Begin()
    {
        if (_choice.Type == AuditSocketType.Unicast && !Register())
        {
            // Somebody came in between, or the kernel has reasons of its own.
            _found = AuditSituation.Find(_control, _rules is not null);
            _choice = SocketChoice.Of(_options, _found);
            if (_choice.Type != AuditSocketType.Multicast)
                throw new InvalidOperationException($"the kernel does not take it for the audit daemon: {_choice.Reason}");
        }

        if (!_isOwner) ReadAlong(true);
        if (_found is { Status: { } status, IsLocked: false })
        {
            Own(status);
            _rules?.Load(_control, _reports);
            Set(AuditSetting.Enabled, 1, status);
            if (_isOwner && _options.Immutable) _control.Set(AuditSetting.Enabled, 2);
        }
        else if (_found.IsLocked)
        {
            // What differs can only be told.
            _rules?.Check(_control, _reports);
        }

        TellStart();
    }

    private void TellStart()
    {
        string message = $"{(_isOwner ? "is the audit daemon (unicast)" : "reads along (multicast)")}: {_choice.Reason}";
        string boot = StartedAtBoot() ? "" : "; processes from before audit was enabled are never audited: boot with audit=1";
        _reports.Tell(
            "audit-collector-started", message + boot,
            ("socket_type", _isOwner ? "unicast" : "multicast"), ("reason", _choice.Reason),
            ("enabled_at_boot", StartedAtBoot() ? "yes" : "no"),
            ("owner.pid", _found.Owner?.Pid), ("owner.executable", _found.Owner?.Executable), ("jiffies_per_second", _ticks.PerSecond));
        if (_isOwner && _options.FailureMode == AuditFailureMode.Panic) LogPanic(_log);
    }

    // The settings are the daemon's; one who reads along only needs audit to be on.
    private void Own(AuditStatus status)
    {
        _settings = new OwnedSettings(_options, status, onlyEnabled: !_isOwner);
        if (_settings.Expected.TryGetValue(AuditSetting.RateLimit, out uint limit) && limit != _options.RateLimit) LogRateLimit(_log, limit);
        foreach ((AuditSetting setting, uint value) in _settings.Expected)
        {
            if (setting != AuditSetting.Enabled) Set(setting, value, status);
        }
    }

    private void Set(AuditSetting setting, uint value, AuditStatus status)
    {
        uint? found = status[setting];
        if (found is null || found == value || (setting == AuditSetting.Enabled && found > value)) return;
        try
        {
            _control.Set(setting, value);
        }
        catch (AuditException error)
        {
            // What it is instead is told by the next look.
            LogRefused(_log, error.Message);
        }
    }

    private void Check()
    {
        AuditStatus status = CheckLosses();
        _found = _found with { Status = status, Owner = AuditOwner.Foreign(status) };
        if (_isOwner && status.Pid != Environment.ProcessId) LoseOwner();
        else if (!_isOwner && WantsToOwn && _found.Owner is null && BecomeOwner()) return;
        if (_settings is null || _found.IsLocked) return;
        foreach (SettingChange change in _settings.Compare(status)) Tell(change);
    }

    private AuditStatus CheckLosses()
    {
        DateTimeOffset now = _time.GetUtcNow();
        AuditStatus status = _control.GetStatus();
        long lost = Count(status);
        if (lost > 0) _reports.AddGap(_checkedAt, lost, "the kernel lost records");
        _checkedAt = now;
        return status;
    }

    private long Count(AuditStatus status)
    {
        Volatile.Write(ref _backlog, status.Backlog);
        if (status.Backlog > _mostBacklog) Volatile.Write(ref _mostBacklog, status.Backlog);
        if (status.BacklogWaitTimeActual is { } waited) _waited.Take(waited);
        return _lost.Take(status.Lost);
    }

    private void Tell(SettingChange change)
    {
        string name = change.Setting.Name();
        _reports.Warn(
            "audit-setting-changed", $"{name} is {change.Found}, not {change.Expected}",
            ("setting", name), ("expected", change.Expected), ("found", change.Found));
        if (!_options.Repair) return;
        try
        {
            _control.Set(change.Setting, change.Expected);
            _reports.Tell("audit-repaired", $"{name} is {change.Expected} again", ("setting", name), ("expected", change.Expected));
        }
        catch (AuditException error)
        {
            LogRefused(_log, error.Message);
        }
    }

    private void LoseOwner()
    {
        _isOwner = _decoder.IsOwner = false;
        string by = _found.Owner is { } owner ? $"{owner} has it" : "nobody has it";
        _reports.Warn(
            "audit-owner-lost", $"is the audit daemon no more: {by}",
            ("owner.pid", _found.Owner?.Pid), ("owner.executable", _found.Owner?.Executable));
        if (_found.Owner is null && Register())
        {
            _reports.Tell("audit-owner-regained", "is the audit daemon again", ("owner.pid", Environment.ProcessId));
            return;
        }

        ReadAlong(true);
    }

    private bool WantsToOwn => _choice.WaitsForOwner || _choice.Type == AuditSocketType.Unicast;

    private bool BecomeOwner()
    {
        if (!Register()) return false;
        ReadAlong(false);
        if (_found is { Status: { } status, IsLocked: false }) Own(status);
        _reports.Tell("audit-owner-regained", "is the audit daemon now", ("owner.pid", Environment.ProcessId));
        return true;
    }

    // The kernel sends the records to the socket that asks for them.
    private bool Register()
    {
        string change = $"audit_pid={Environment.ProcessId}";
        _ownChanges.Expect(change);
        byte[] request = NetlinkMessage.Request(
            NetlinkMessage.Set, sequence: 1, AuditControl.StatusOf(AuditSetting.Pid, (uint)Environment.ProcessId));
        _socket.Send(request, "make this process the audit daemon");
        _isOwner = _decoder.IsOwner = _control.GetStatus().Pid == Environment.ProcessId;
        if (!_isOwner) _ownChanges.Withdraw(change);
        return _isOwner;
    }

    private void ReadAlong(bool on)
    {
        int option = on ? Libc.NetlinkAddMembership : Libc.NetlinkDropMembership;
        if (!_socket.TrySet(Libc.SolNetlink, option, AuditSocket.ReadLogGroup) && on)
            throw new InvalidOperationException("CAP_AUDIT_READ is missing to read along: run it as root, or give it that capability");
    }

    // The kernel asks the owner whether it lives while it holds what it needs to send records: hence over the other connection, and
    // while the socket is read on.
    private void HandBack()
    {
        if (_found.Status is null) return;
        try
        {
            if (_isOwner) _control.Set(AuditSetting.Pid, 0);
            CheckLosses();
        }
        catch (AuditException error)
        {
            LogRefused(_log, error.Message);
        }
    }

    private static bool StartedAtBoot()
    {
        try
        {
            return File.ReadAllText("/proc/cmdline").Split([' ', '\n']).Any(word => word is "audit=1" or "audit=on");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private long Clock => (long)_time.GetElapsedTime(0).TotalMilliseconds;

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Refusal}")]
    private static partial void LogRefused(ILogger log, string refusal);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "rate_limit is {Limit}: the strategy userspace needs one, and none is configured; the kernel loses what is more in a second")]
    private static partial void LogRateLimit(ILogger log, uint limit);

    [LoggerMessage(Level = LogLevel.Warning, Message = "failure_mode is panic: the machine stops when a record cannot be delivered")]
    private static partial void LogPanic(ILogger log);
}
