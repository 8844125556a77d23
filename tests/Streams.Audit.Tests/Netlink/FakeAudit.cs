using Streams.Audit.Netlink;
using Streams.Audit.Rules;
using Streams.Audit.Tests.Rules;

namespace Streams.Audit.Tests.Netlink;

/// <summary>A kernel's audit: what can be set and who gets its records, with what kernel/audit.c refuses.</summary>
internal sealed class FakeAudit : IAuditKernel
{
    // Of a process that lives.
    private const uint Other = 1;

    private readonly FakeKernel _rules = new();

    /// <summary>Its state, by name as in <see cref="AuditStatus"/>.</summary>
    public AuditStatus Status { get; private set; } = new()
    {
        Failure = 1,
        BacklogLimit = 64,
        Features = 0x7f,
        BacklogWaitTime = 15000,
    };

    /// <summary>The settings that were asked for, in order.</summary>
    public List<string> Sets { get; } = [];

    /// <summary>How often somebody asked for the records.</summary>
    public int Registrations { get; private set; }

    /// <summary>How many settings it takes before somebody locks it; null for any number.</summary>
    public int? LocksAfter { get; set; }

    /// <summary>Whether nobody gets the records, for reasons of the kernel's own.</summary>
    public bool RefusesRegistration { get; set; }

    public bool ReadsAlong { get; private set; }

    public FakeKernel Rules => _rules;

    IKernelRules IAuditKernel.Rules => _rules;

    public bool IsOwned => Status.Pid == Environment.ProcessId;

    /// <summary>Somebody locks audit.</summary>
    public void Lock()
    {
        Status = Status with { Enabled = 2 };
        _rules.IsLocked = true;
    }

    /// <summary>Somebody else changes a setting.</summary>
    public void Change(Func<AuditStatus, AuditStatus> change) => Status = change(Status);

    /// <summary>Another process gets the records, or nobody does any more.</summary>
    public void Own(bool other)
    {
        Status = Status with { Pid = other ? Other : 0 };
        _rules.HasOtherOwner = other;
    }

    public AuditSituation Find(bool hasRules) =>
        new() { Status = GetStatus(), Owner = AuditOwner.Foreign(Status), HasRules = hasRules };

    public AuditStatus GetStatus()
    {
        // Rules and state are locked together.
        if (_rules.IsLocked) Lock();
        return Status;
    }

    public void Set(AuditSetting setting, uint value)
    {
        Sets.Add($"{setting} {value}");
        if (LocksAfter-- == 0) Lock();
        bool isLocked = GetStatus().Enabled == 2;
        if (isLocked && setting != AuditSetting.Pid) throw new AuditException($"set {setting} to {value}", FakeKernel.Eperm);
        Status = setting switch
        {
            AuditSetting.Enabled => Status with { Enabled = value },
            AuditSetting.Failure => Status with { Failure = value },
            AuditSetting.Pid => Status with { Pid = value },
            AuditSetting.RateLimit => Status with { RateLimit = value },
            AuditSetting.BacklogLimit => Status with { BacklogLimit = value },
            _ => Status with { BacklogWaitTime = value },
        };
        if (Status.Enabled == 2) Lock();
    }

    public void Register()
    {
        Registrations++;
        if (Status.Pid == 0 && !RefusesRegistration) Status = Status with { Pid = (uint)Environment.ProcessId };
    }

    public bool TryReadAlong(bool on)
    {
        ReadsAlong = on;
        return true;
    }
}
