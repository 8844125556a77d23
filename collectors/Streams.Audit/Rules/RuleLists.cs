namespace Streams.Audit.Rules;

/// <summary>Lists of rules, as a set.</summary>
[Flags]
internal enum RuleLists
{
    None = 0,
    User = 1 << RuleList.User,
    Task = 1 << RuleList.Task,
    Exit = 1 << RuleList.Exit,
    Exclude = 1 << RuleList.Exclude,
    Filesystem = 1 << RuleList.Filesystem,
    IoUring = 1 << RuleList.IoUring,

    /// <summary>Where the result of a call is known.</summary>
    Calls = Exit | IoUring,

    /// <summary>Where records are matched, not calls.</summary>
    Records = User | Exclude,

    /// <summary>Where the process is known.</summary>
    Processes = User | Task | Exit | Exclude | IoUring,
}
