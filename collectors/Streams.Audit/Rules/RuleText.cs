using System.Buffers;
using System.Globalization;
using System.Text;
using Streams.Events.Tables;

namespace Streams.Audit.Rules;

/// <summary>
/// Writes rules as <c>auditctl -l</c> does, where that gives the same rule when it is read again. It does not for a watch that is
/// a never-rule, for <c>exe!=</c>, for file types, for a folder with a slash behind it and for foreign architectures; these are
/// written out.
/// </summary>
internal static class RuleText
{
    private static readonly SearchValues<char> Special = SearchValues.Create(" \t\"'\\#");

    public static string Of(AuditRule rule, RuleMachine machine, bool inFront)
    {
        var text = new StringBuilder();
        if (!inFront && IsWatch(rule))
        {
            text.Append("-w ").Append(Quoted(rule.Fields[0].Text!)).Append(" -p ").Append(RulePermissions.Text(rule.Fields[1].Value));
            foreach (string key in rule.Keys) text.Append(" -k ").Append(Quoted(key));
            return text.ToString();
        }

        text.Append(inFront ? "-A " : "-a ").Append(ActionName(rule.Action)).Append(',').Append(ListName(rule.List));
        int before = ArchitecturesAt(rule);
        for (int at = 0; at < before; at++) Append(text, rule.Fields[at], machine);
        AppendCalls(text, rule, machine);
        for (int at = before; at < rule.Fields.Count; at++) Append(text, rule.Fields[at], machine);
        return text.ToString();
    }

    public static string ListName(RuleList list) => list switch
    {
        RuleList.User => "user",
        RuleList.Task => "task",
        RuleList.Exit => "exit",
        RuleList.Exclude => "exclude",
        RuleList.Filesystem => "filesystem",
        RuleList.IoUring => "io_uring",
        _ => ((uint)list).ToString(CultureInfo.InvariantCulture),
    };

    private static string ActionName(RuleAction action) => action switch
    {
        RuleAction.Never => "never",
        RuleAction.Possible => "possible",
        RuleAction.Always => "always",
        _ => ((uint)action).ToString(CultureInfo.InvariantCulture),
    };

    private static bool IsWatch(AuditRule rule) =>
        rule is { List: RuleList.Exit, Action: RuleAction.Always }
        && rule.Fields is [{ Number: RuleFields.Path or RuleFields.Folder }, { Number: RuleFields.Permissions }, ..]
        && (rule.Fields.Count == 2 || (rule.Fields.Count == 3 && rule.Fields[2].Number == RuleFields.Key))
        && IsAll(rule.Mask)
        && rule.Fields[0].Text is { Length: > 0 } path && (path == "/" || path[^1] != '/');

    private static bool IsAll(ReadOnlySpan<uint> mask) => !mask[..^1].ContainsAnyExcept(uint.MaxValue);

    // The fields up to the last arch stand in front of the calls, as the names of the calls depend on it.
    private static int ArchitecturesAt(AuditRule rule)
    {
        int last = -1;
        for (int at = 0; at < rule.Fields.Count; at++)
        {
            if (rule.Fields[at].Number == RuleFields.Arch) last = at;
        }

        return last + 1;
    }

    private static void AppendCalls(StringBuilder text, AuditRule rule, RuleMachine machine)
    {
        if (rule.List is not (RuleList.Exit or RuleList.IoUring)) return;
        if (IsAll(rule.Mask))
        {
            text.Append(" -S all");
            return;
        }

        int arch = ArchitecturesAt(rule) - 1;
        uint table = arch < 0 ? machine.Bits64 : rule.Fields[arch].Value;
        string before = " -S ";
        for (int number = 0; number < RuleMachine.Calls; number++)
        {
            if ((rule.Mask[number / 32] & (1U << (number % 32))) == 0) continue;
            string? name = rule.List == RuleList.IoUring ? IoUringOperations.Name(number) : Syscalls.Name(Syscalls.Id(table, number));
            text.Append(before).Append(string.IsNullOrEmpty(name) ? number.ToString(CultureInfo.InvariantCulture) : name);
            before = ",";
        }
    }

    private static void Append(StringBuilder text, RuleField field, RuleMachine machine)
    {
        string by = RuleOperators.Text(field.Operator) ?? $"<operator 0x{(uint)field.Operator:x}>";
        if (field.Number == RuleFields.Comparison && RuleComparisons.Pair(field.Value) is { } pair)
        {
            text.Append(" -C ").Append(pair.First).Append(by).Append(pair.Second);
            return;
        }

        RuleFieldType? type = RuleFields.Find(field.Number);
        string name = type?.Name ?? $"f{field.Number}";
        if (type?.Kind == RuleFieldKind.Key)
        {
            foreach (string key in field.Text!.Split('\u0001')) text.Append(" -F key=").Append(Quoted(key));
            return;
        }

        text.Append(" -F ").Append(name).Append(by).Append(Value(type?.Kind ?? RuleFieldKind.Number, field, machine));
    }

    private static string Value(RuleFieldKind kind, RuleField field, RuleMachine machine)
    {
        uint value = field.Value;
        switch (kind)
        {
            case RuleFieldKind.UserId or RuleFieldKind.LoginId or RuleFieldKind.GroupId or RuleFieldKind.Session:
                return ((int)value).ToString(CultureInfo.InvariantCulture);
            case RuleFieldKind.ExitCode:
                int code = (int)value;
                string? error = code is < 0 and > int.MinValue ? Errno.Name(-code) : null;
                return error is null ? code.ToString(CultureInfo.InvariantCulture) : "-" + error;
            case RuleFieldKind.Argument when field.Number >= 200: return $"0x{value:X}";
            case RuleFieldKind.Architecture: return machine.ArchitectureText(value);
            case RuleFieldKind.RecordType when value <= ushort.MaxValue && RecordTypes.IsKnown((RecordType)value):
                return RecordTypes.Name((RecordType)value);
            case RuleFieldKind.Permissions: return RulePermissions.Text(value);
            case RuleFieldKind.FileType: return FileTypes.Name(value) ?? Number(value);
            case RuleFieldKind.FilesystemType: return FilesystemTypes.Name(value) ?? $"0x{value:x}";
            case >= RuleFieldKind.Label: return Quoted(field.Text ?? "");
            default: return Number(value);
        }
    }

    private static string Number(uint value) => value.ToString(CultureInfo.InvariantCulture);

    // The opposite of RuleWords.
    private static string Quoted(string text)
    {
        if (text.Length > 0 && text.AsSpan().IndexOfAny(Special) < 0) return text;
        return "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
    }
}
