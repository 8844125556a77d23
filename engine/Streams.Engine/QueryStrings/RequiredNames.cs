using System.Collections.Frozen;
using Streams.Events;

namespace Streams.Engine.QueryStrings;

/// <summary>
/// The values of which every matching event must have one in a field, as far as the query's structure tells: what is asked of the
/// field by exact value, in every alternative, and not under a negation. Never too few; perhaps too many.
/// </summary>
internal static class RequiredNames
{
    public static readonly Field Syscall = Field.Of("auditd.data.syscall");
    public static readonly Field RecordType = Field.Of("auditd.message_type");

    /// <returns>Null when an event may match whatever it has there.</returns>
    public static FrozenSet<string>? Of(Expression expression, Field field) =>
        Collect(expression, field)?.ToFrozenSet(StringComparer.Ordinal);

    private static HashSet<string>? Collect(Expression expression, Field field) => expression switch
    {
        Expression.Exact exact when exact.Field == field => new(StringComparer.Ordinal) { exact.Value },
        Expression.Junction { IsConjunction: true } all => Smallest(all.Parts, field),
        Expression.Junction any => Union(any.Parts, field),
        _ => null,
    };

    // Not the intersection: one element of a list may satisfy one clause, another the next.
    private static HashSet<string>? Smallest(IReadOnlyList<Expression> parts, Field field) =>
        parts.Select(p => Collect(p, field)).Where(s => s is not null).MinBy(s => s!.Count);

    private static HashSet<string>? Union(IReadOnlyList<Expression> parts, Field field)
    {
        var union = new HashSet<string>(StringComparer.Ordinal);
        foreach (Expression part in parts)
        {
            if (Collect(part, field) is not { } names) return null;
            union.UnionWith(names);
        }

        return union;
    }
}
