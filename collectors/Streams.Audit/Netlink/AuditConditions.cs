using Streams.Events.Input;

namespace Streams.Audit.Netlink;

/// <summary>What of audit is not watched because of its settings, its owner or the rights of this process.</summary>
internal static class AuditConditions
{
    /// <summary>Lists it.</summary>
    /// <param name="found">The state of audit.</param>
    /// <param name="wrong">The settings that are not what they should be.</param>
    /// <param name="hasRules">Whether rules are configured.</param>
    /// <param name="isOwner">Whether this process is the audit daemon.</param>
    /// <param name="isRepaired">Whether what others change is set back.</param>
    /// <param name="hasBoot">Whether audit has been enabled since boot.</param>
    public static IEnumerable<CollectorCondition> List(
        AuditSituation found, IReadOnlyList<SettingChange> wrong, bool hasRules, bool isOwner, bool isRepaired, bool hasBoot)
    {
        if (found.Status is null)
        {
            yield return hasRules
                ? CollectorCondition.Fault(
                    $"The configured audit rules are not loaded: {found.Refusal}; \"rules\": [] says that it is meant.")
                : CollectorCondition.Note($"The loaded audit rules and the kernel's losses are not known: {found.Refusal}.");
        }

        foreach (SettingChange change in wrong) yield return Condition(change, found.IsLocked, isRepaired);
        if (!isOwner && found.Owner is { } owner)
        {
            yield return CollectorCondition.Note(
                $"{owner} is the audit daemon; Streams reads along, and what does not fit into the buffer of its socket is lost.");
        }

        if (!hasBoot) yield return CollectorCondition.Note("Processes from before audit was enabled are not audited: boot with audit=1.");
    }

    private static CollectorCondition Condition(SettingChange change, bool isLocked, bool isRepaired)
    {
        string remedy = (isLocked, isRepaired) switch
        {
            (true, _) => ", until the next boot: audit is locked",
            (_, true) => "; it is set back within a minute",
            _ => $"; set it back with auditctl, or set \"repair\": true",
        };
        string found = $"{change.Setting.Name()} is {change.Found}, not {change.Expected}";
        return change.Setting switch
        {
            AuditSetting.Enabled => CollectorCondition.Fault($"Audit is off ({found}), no system call is recorded{remedy}."),
            AuditSetting.RateLimit => CollectorCondition.Fault($"{found}: the kernel drops what is above that rate{remedy}."),
            AuditSetting.BacklogLimit when change.Found < change.Expected =>
                CollectorCondition.Fault($"{found}: in a burst the kernel drops records sooner{remedy}."),
            _ => CollectorCondition.Note($"{found}{remedy}."),
        };
    }
}
