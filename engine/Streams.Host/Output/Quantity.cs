using System.Globalization;

namespace Streams.Host.Output;

/// <summary>How many there are of something, as people read it.</summary>
internal static class Quantity
{
    /// <summary><c>1 event</c>, <c>1,690 events</c>, <c>17 queries</c>.</summary>
    /// <param name="count">How many.</param>
    /// <param name="what">The word for one.</param>
    public static string Of(long count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? what : Plural(what))}");

    private static string Plural(string what) => what[^1] == 'y' ? $"{what[..^1]}ies" : $"{what}s";
}
