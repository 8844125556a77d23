using System.Globalization;

namespace Streams.Engine.QueryStrings;

/// <summary>Numbers as queries and documents write them: decimal, with sign, point and exponent.</summary>
internal static class NumberText
{
    private const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    public static bool TryParse(ReadOnlySpan<char> text, out decimal number)
    {
        number = 0;
        // Most values are not numbers: their first character tells at once.
        if (text.IsEmpty || !(char.IsAsciiDigit(text[0]) || text[0] is '-' or '+' or '.')) return false;
        return decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out number);
    }
}
