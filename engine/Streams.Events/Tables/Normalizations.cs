namespace Streams.Events.Tables;

/// <summary>The rules that say what an event means (<c>normalizations.table</c>), by system call and by record type.</summary>
/// <remarks>
/// The rule of an event is that of its record type, where the type is that of its first record; for SYSCALL it is that of the
/// system call. An event whose record type has no rule and is not SYSCALL has none. A rule is built when it is first asked for.
/// </remarks>
public static partial class Normalizations
{
    private static readonly Normalization?[] Rules = new Normalization?[Count];

    /// <summary>The rule of a system call; the rule of all others if no rule names it or it is not known.</summary>
    /// <param name="syscallId">As <see cref="Syscalls.Id"/> gives it.</param>
    public static Normalization ForSyscall(ushort syscallId)
    {
        var rule = syscallId < BySyscall.Length ? BySyscall[syscallId] : 0;
        return Rule(rule == 0 ? Default : rule - 1);
    }

    /// <summary>
    /// The rule of a record type, or null. Where a type has one rule, that is it, whatever fields there are; where it has
    /// several (AVC), it is the last one all of whose <see cref="Normalization.HasFields"/> the event's data has.
    /// </summary>
    /// <param name="type">The type of the event's first record.</param>
    /// <param name="data">Handed to <paramref name="hasField"/>.</param>
    /// <param name="hasField">Whether the event's data has a field; asked only where there are several rules.</param>
    public static Normalization? ForRecordType<TData>(RecordType type, TData data, Func<TData, FieldName, bool> hasField)
        where TData : allows ref struct
    {
        var rules = RulesOf(type);
        if (rules.Length == 1) return Rule(rules[0]);
        for (var i = rules.Length - 1; i >= 0; i--)
        {
            var rule = Rule(rules[i]);
            var applies = true;
            foreach (var field in rule.HasFields) applies &= hasField(data, field);
            if (applies) return rule;
        }

        return null;
    }

    /// <summary>
    /// The legacy category of an event, as Auditbeat has it beside the ECS categories, by
    /// the type of its first record: <c>user-login</c>, <c>audit-rule</c> … or <c>unknown</c>.
    /// </summary>
    public static string Category(RecordType type) => CategoryOf((int)type);

    internal static IEnumerable<Normalization> All() => Enumerable.Range(0, Count).Select(Rule);

    private static Normalization Rule(int index) => Rules[index] ??= Create(index);
}
