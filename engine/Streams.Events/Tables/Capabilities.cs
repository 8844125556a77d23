using System.Globalization;

namespace Streams.Events.Tables;

/// <summary>Capabilities (<c>capabilities.table</c>), spelled as <c>ausearch -i</c> does: small letters, without <c>cap_</c>.</summary>
public static partial class Capabilities
{
    /// <summary>All capabilities that the table names; a kernel that knows fewer writes fewer bits.</summary>
    public static ulong Full => (1UL << Names.Length) - 1;

    /// <summary>The name of one capability (<c>sys_admin</c> for 21), or null.</summary>
    public static string? Name(int bit) => (uint)bit < (uint)Names.Length ? Names[bit] : null;

    /// <summary>The names in a mask, lowest bit first; a bit without a name is its number.</summary>
    public static IReadOnlyList<string> NamesOf(ulong mask) => NamesByMask.Get(0, mask);

    /// <summary>
    /// Whether a mask holds every capability, of this kernel or of one since Linux 3.16 (38 capabilities): the bits from 0 up
    /// without a hole.
    /// </summary>
    public static bool IsFull(ulong mask) => mask >= (1UL << 38) - 1 && (mask & (mask + 1)) == 0;

    private static readonly BoundedCache<IReadOnlyList<string>> NamesByMask = new((_, mask) => Split(mask));

    private static string[] Split(ulong mask)
    {
        var names = new List<string>();
        for (var bit = 0; bit < 64; bit++)
        {
            if ((mask & (1UL << bit)) != 0) names.Add(Name(bit) ?? bit.ToString(CultureInfo.InvariantCulture));
        }

        return names.ToArray();
    }
}
