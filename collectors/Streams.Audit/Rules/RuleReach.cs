using Streams.Events.Tables;

namespace Streams.Audit.Rules;

/// <summary>What rules can record at all. It says no only where no event can come of them.</summary>
public static class RuleReach
{
    // The calls of the classes that perm stands for (include/asm-generic/audit_*.h, audit_match_perm of kernel/auditsc.c).
    private static readonly HashSet<string> OfPermissions =
    [
        "open", "openat", "openat2", "open_by_handle_at", "creat", "truncate", "truncate64", "ftruncate", "ftruncate64", "fallocate",
        "acct", "swapon", "quotactl", "rename", "renameat", "renameat2", "mkdir", "mkdirat", "rmdir", "mknod", "mknodat", "link", "linkat",
        "symlink", "symlinkat", "unlink", "unlinkat", "bind", "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown",
        "fchownat", "chown32", "fchown32", "lchown32", "setxattr", "lsetxattr", "fsetxattr", "setxattrat", "removexattr", "lremovexattr",
        "fremovexattr", "removexattrat", "execve", "execveat", "readlink", "readlinkat", "getxattr", "lgetxattr", "fgetxattr", "getxattrat",
        "listxattr", "llistxattr", "flistxattr", "listxattrat", "socketcall",
    ];

    private static readonly string[] OfFiles =
        [.. OfPermissions.Except(["bind", "socketcall", "acct", "swapon", "quotactl", "execve", "execveat"])];

    private static readonly HashSet<string> OfSockets = ["bind", "connect", "listen", "accept", "accept4"];

    /// <summary>Whether some of the rules record a system call, on one of the machine's architectures.</summary>
    public static bool Records(IReadOnlyList<AuditRule> rules, RuleMachine machine, string call) =>
        rules.Any(rule => Records(rule, machine, call))
        // Old 32-bit programs make these calls by another one (socketcall(2)).
        || (OfSockets.Contains(call) && rules.Any(rule => Records(rule, machine, "socketcall")));

    /// <summary>Whether a rule excludes all records of a type.</summary>
    public static bool Excludes(IReadOnlyList<AuditRule> rules, RecordType type) => rules.Any(rule =>
        rule.List == RuleList.Exclude && rule.Fields.Count > 0
        && rule.Fields.All(field => field.Number == RuleFields.MessageType && Matches(field, (uint)type)));

    /// <summary>Whether a rule can record something that another one would.</summary>
    /// <param name="rule">The one that is there.</param>
    /// <param name="needed">The one that is needed.</param>
    /// <param name="machine">The machine that both are for.</param>
    public static bool Meets(AuditRule rule, AuditRule needed, RuleMachine machine)
    {
        if (rule.List != needed.List || rule.Action != RuleAction.Always) return false;
        // A watch is of all calls by its mask, and of those about files by its permissions, whatever their arguments are.
        if (HasPath(needed) && !HasPath(rule) && (HasArgument(rule) || !OfFiles.Any(call => Records(rule, machine, call)))) return false;
        bool hasCall = false;
        for (int word = 0; word < RuleBinary.MaskWords && !hasCall; word++) hasCall = (rule.Mask[word] & needed.Mask[word]) != 0;
        return hasCall && !rule.Fields.Any(one => needed.Fields.Any(other => Contradict(one, other)));
    }

    private static bool HasArgument(AuditRule rule) =>
        rule.Fields.Any(field => field.Number is >= RuleFields.FirstArgument and <= RuleFields.LastArgument);

    private static bool HasPath(AuditRule rule) => rule.Fields.Any(field => field.Number is RuleFields.Path or RuleFields.Folder);

    private static bool Records(AuditRule rule, RuleMachine machine, string call)
    {
        if (rule.List != RuleList.Exit || rule.Action != RuleAction.Always) return false;
        if (rule.Fields.Any(field => field.Number == RuleFields.Permissions) && !OfPermissions.Contains(call)) return false;
        foreach (uint arch in (uint[])[machine.Bits64, machine.Bits32])
        {
            int number = machine.CallNumber(arch, call);
            if (number < 0 || (rule.Mask[number / 32] & (1U << (number % 32))) == 0) continue;
            if (!rule.Fields.Any(
                    field => field.Number == RuleFields.Arch && (field.Value == arch) != (field.Operator == RuleOperator.Equal)))
                return true;
        }

        return false;
    }

    // Both are true of no event.
    private static bool Contradict(RuleField one, RuleField other)
    {
        bool isPath = one.Number is RuleFields.Path or RuleFields.Folder && other.Number is RuleFields.Path or RuleFields.Folder;
        if (isPath) return !IsSameOrBelow(one.Text!, other.Text!) && !IsSameOrBelow(other.Text!, one.Text!);
        if (one.Number != other.Number || one.Operator != RuleOperator.Equal || other.Operator != RuleOperator.Equal) return false;
        if (one.Number == RuleFields.Key) return false;
        if (one.Number == RuleFields.Permissions) return (one.Value & other.Value) == 0;
        return one.Text is null ? one.Value != other.Value : one.Text != other.Text;
    }

    private static bool IsSameOrBelow(string path, string folder)
    {
        string above = folder.TrimEnd('/');
        return path.TrimEnd('/') == above || path.StartsWith(above + "/", StringComparison.Ordinal);
    }

    private static bool Matches(RuleField field, uint value) => field.Operator switch
    {
        RuleOperator.Equal => value == field.Value,
        RuleOperator.NotEqual => value != field.Value,
        RuleOperator.Less => value < field.Value,
        RuleOperator.LessOrEqual => value <= field.Value,
        RuleOperator.Greater => value > field.Value,
        RuleOperator.GreaterOrEqual => value >= field.Value,
        _ => false,
    };
}
