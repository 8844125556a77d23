namespace Streams.Audit.Rules;

/// <summary>
/// The rules about one process of Streams. Those of an earlier run name other processes, and are removed at the start with whatever else
/// should not be loaded.
/// </summary>
public static class SelfRules
{
    /// <summary>The key of the rules that keep the process, and what it starts, out of what it records.</summary>
    public const string ExclusionKey = "streams-self";

    /// <summary>The key of the rules that record who sends it a signal or traces it.</summary>
    public const string GuardKey = "streams-guard";

    // kill(2), tkill(2), rt_sigqueueinfo(2), pidfd_open(2), process_vm_readv(2), prlimit(2), ptrace(2): which argument is the process.
    private static readonly string[] ByFirstArgument =
    [
        "kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_open", "process_vm_writev", "prlimit64",
    ];

    // Of ptrace what begins a trace (PTRACE_ATTACH, PTRACE_SEIZE): a record of each request of a tracer would make Streams do what makes
    // the next.
    private static readonly string[] Guarded =
    [
        $"-S {string.Join(',', ByFirstArgument)} -F a0={{0}}",
        "-S ptrace -F a0=16 -F a1={0}",
        "-S ptrace -F a0=0x4206 -F a1={0}",
    ];

    private static readonly string[] Architectures = ["b64", "b32"];

    /// <summary>The system calls that <see cref="Guard"/> records.</summary>
    public static IReadOnlyList<string> GuardedCalls { get; } = [.. ByFirstArgument, "ptrace"];

    /// <summary>The rules of both kinds for a process.</summary>
    public static IReadOnlyList<AuditRule> Of(int pid, RuleEnvironment environment) =>
        [.. Exclusion(pid, environment), .. Guard(pid, environment)];

    /// <summary>
    /// The rules that keep a process, and what it starts, out of what it records: else each record written would make more. They go in
    /// front of all others.
    /// </summary>
    public static IReadOnlyList<AuditRule> Exclusion(int pid, RuleEnvironment environment) => Read(
        [$"-a never,exit -F pid={pid} -k {ExclusionKey}", $"-a never,exit -F ppid={pid} -k {ExclusionKey}"], ExclusionKey, environment);

    /// <summary>
    /// The rules that record who sends a process a signal, opens a descriptor by which to send one, sets its limits, traces it or writes
    /// into its memory. They go in front of the configured rules, so that what they record has their key. A signal to one of its threads
    /// by number, to a process group or to all (<c>kill -- -1</c>) names no process, and one by a descriptor (pidfd_send_signal) neither:
    /// <see cref="Processes.ProcessTable"/> knows these by the OBJ_PID record, where another rule records them.
    /// </summary>
    public static IReadOnlyList<AuditRule> Guard(int pid, RuleEnvironment environment) => Read(
        from calls in Guarded
        from arch in Architectures
        select $"-a always,exit -F arch={arch} {calls.Replace("{0}", $"{pid}", StringComparison.Ordinal)} -k {GuardKey}",
        GuardKey, environment);

    /// <summary>Whether a rule is one of those that record what is done to a process of Streams.</summary>
    public static bool IsGuard(AuditRule rule) => rule.Keys is [GuardKey];

    /// <summary>Whether a rule is about some process of Streams: of this one, or of one that has ended.</summary>
    public static bool Is(AuditRule rule, RuleEnvironment environment) => ProcessOf(rule, environment) is not null;

    /// <summary>The process that a rule is about; null for a rule about something else.</summary>
    public static int? ProcessOf(AuditRule rule, RuleEnvironment environment)
    {
        if (!rule.Keys.Any(key => key is ExclusionKey or GuardKey)) return null;
        foreach (RuleField field in rule.Fields)
        {
            if (field.Value is > 0 and <= int.MaxValue && Of((int)field.Value, environment).Contains(rule)) return (int)field.Value;
        }

        return null;
    }

    private static IReadOnlyList<AuditRule> Read(IEnumerable<string> lines, string source, RuleEnvironment environment) =>
        [.. RuleReader.Read(string.Join('\n', lines), source, environment).Rules.Select(rule => rule.Rule)];
}
