namespace Streams.Audit.Rules;

/// <summary>The letters of <c>-p</c> and <c>perm</c> (<c>AUDIT_PERM_*</c> in linux/audit.h).</summary>
internal static class RulePermissions
{
    public const uint All = 15;

    // In the order in which auditctl prints them.
    private static readonly (char Letter, uint Bit)[] Letters = [('r', 4), ('w', 2), ('x', 1), ('a', 8)];

    /// <summary>Reads letters.</summary>
    /// <returns>False if one is none of r, w, x and a, or there is none.</returns>
    public static bool TryParse(string text, out uint bits)
    {
        bits = 0;
        foreach (char letter in text)
        {
            uint bit = Array.Find(Letters, entry => entry.Letter == letter).Bit;
            if (bit == 0) return false;
            bits |= bit;
        }

        return bits != 0;
    }

    /// <summary>The letters of bits.</summary>
    public static string Text(uint bits) => string.Concat(Letters.Where(entry => (bits & entry.Bit) != 0).Select(entry => entry.Letter));
}
