namespace Streams.Audit.Rules;

/// <summary>Pairs of ids that a rule can compare with each other (<c>AUDIT_COMPARE_*</c> in linux/audit.h).</summary>
internal static class RuleComparisons
{
    // The place in the table is the number; there is no pair 0.
    private static readonly (string First, string Second)[] Pairs =
    [
        ("", ""),
        ("uid", "obj_uid"), ("gid", "obj_gid"), ("euid", "obj_uid"), ("egid", "obj_gid"), ("auid", "obj_uid"),
        ("suid", "obj_uid"), ("sgid", "obj_gid"), ("fsuid", "obj_uid"), ("fsgid", "obj_gid"),
        ("uid", "auid"), ("uid", "euid"), ("uid", "fsuid"), ("uid", "suid"),
        ("auid", "fsuid"), ("auid", "suid"), ("auid", "euid"),
        ("euid", "suid"), ("euid", "fsuid"), ("suid", "fsuid"),
        ("gid", "egid"), ("gid", "fsgid"), ("gid", "sgid"), ("egid", "fsgid"), ("egid", "sgid"), ("sgid", "fsgid"),
    ];

    /// <summary>All pairs with their numbers.</summary>
    public static IEnumerable<(uint Number, string First, string Second)> All =>
        Pairs.Skip(1).Select((pair, at) => ((uint)at + 1, pair.First, pair.Second));

    /// <summary>The pair of a number; null if there is none.</summary>
    public static (string First, string Second)? Pair(uint number) => number > 0 && number < Pairs.Length ? Pairs[number] : null;

    /// <summary>The number of a pair in either order; 0 if the kernel does not compare these.</summary>
    public static uint Number(string first, string second) =>
        (uint)Math.Max(0, Array.FindIndex(Pairs, pair => pair == (first, second) || pair == (second, first)));

    /// <summary>Whether any pair has the field.</summary>
    public static bool Has(string name) => name.Length > 0 && Pairs.Any(pair => pair.First == name || pair.Second == name);
}
