namespace Streams.Audit.Netlink;

/// <summary>A setting of audit is not what it should be.</summary>
/// <param name="Setting">Which.</param>
/// <param name="Expected">What it should be.</param>
/// <param name="Found">What it is.</param>
internal readonly record struct SettingChange(AuditSetting Setting, uint Expected, uint Found);

/// <summary>The settings of audit that the collector answers for: what they should be, and what of that it has told already.</summary>
internal sealed class OwnedSettings
{
    // What Auditbeat sets for the strategy userspace when no limit is configured.
    private const uint UserspaceRateLimit = 5000;

    private readonly Dictionary<AuditSetting, uint> _expected = [];
    private readonly Dictionary<AuditSetting, uint> _told = [];

    /// <summary>What the options ask for.</summary>
    /// <param name="options">The options.</param>
    /// <param name="found">The state at start: what no option is about is to stay as it is.</param>
    /// <param name="onlyEnabled">Whether only that audit is on matters.</param>
    public OwnedSettings(AuditOptions options, AuditStatus found, bool onlyEnabled = false)
    {
        _expected[AuditSetting.Enabled] = 1;
        if (onlyEnabled) return;
        BackpressureStrategy strategy = Effective(options.BackpressureStrategy, found);
        _expected[AuditSetting.Failure] = (uint)options.FailureMode;
        _expected[AuditSetting.BacklogLimit] = options.BacklogLimit;
        _expected[AuditSetting.RateLimit] = strategy == BackpressureStrategy.Userspace && options.RateLimit == 0
            ? UserspaceRateLimit
            : options.RateLimit;
        if (found.CanSetWaitTime)
            _expected[AuditSetting.BacklogWaitTime] = LeavesNoWait(strategy) ? 0 : options.BacklogWaitTime ?? found.BacklogWaitTime ?? 0;
    }

    /// <summary>What they should be.</summary>
    public IReadOnlyDictionary<AuditSetting, uint> Expected => _expected;

    /// <summary>The strategy that is meant where the options leave it open.</summary>
    public static BackpressureStrategy Effective(BackpressureStrategy strategy, AuditStatus? found) => strategy switch
    {
        BackpressureStrategy.Auto when found is { CanSetWaitTime: true } => BackpressureStrategy.Kernel,
        BackpressureStrategy.Auto => BackpressureStrategy.Userspace,
        _ => strategy,
    };

    /// <summary>Whether a strategy is that programs do not wait, which takes a kernel that can be told so.</summary>
    public static bool LeavesNoWait(BackpressureStrategy strategy) => strategy is BackpressureStrategy.Kernel or BackpressureStrategy.Both;

    /// <summary>Which settings are not what they should be.</summary>
    public IReadOnlyList<SettingChange> Differences(AuditStatus status)
    {
        List<SettingChange>? changes = null;
        foreach ((AuditSetting setting, uint expected) in _expected)
        {
            uint? found = status[setting];
            bool isRight = found is null || found == expected || (setting == AuditSetting.Enabled && found >= expected);
            if (!isRight) (changes ??= []).Add(new SettingChange(setting, expected, found!.Value));
        }

        return changes ?? [];
    }

    /// <summary>Of some differences those that are news: each is reported once, and again when it becomes another one.</summary>
    public IReadOnlyList<SettingChange> News(IReadOnlyList<SettingChange> differences)
    {
        if (differences.Count == 0)
        {
            _told.Clear();
            return [];
        }

        SettingChange[] news = [.. differences.Where(change => !_told.TryGetValue(change.Setting, out uint told) || told != change.Found)];
        _told.Clear();
        foreach (SettingChange change in differences) _told[change.Setting] = change.Found;
        return news;
    }
}
