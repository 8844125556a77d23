using System.Globalization;

namespace Streams.Events.Tables;

/// <summary>Bits or values and their names.</summary>
internal sealed class FlagTable(ulong[] values, string[] names)
{
    /// <summary>A number as it stands for bits or values without a name.</summary>
    public static string Number(ulong value) => "0x" + value.ToString("x", CultureInfo.InvariantCulture);

    /// <summary>The name of one value, or its number.</summary>
    public string Value(ulong value)
    {
        var index = Array.IndexOf(values, value);
        return index < 0 ? Number(value) : names[index];
    }

    /// <summary>Adds the names of the bits in <paramref name="value"/>, and what is left of it as one number.</summary>
    public void AddBits(ulong value, List<string> parts)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if ((value & values[i]) != values[i]) continue;
            parts.Add(names[i]);
            value &= ~values[i];
        }

        if (value != 0) parts.Add(Number(value));
    }
}
