using System.Globalization;

namespace Streams.Host.Output;

/// <summary>What a live run says when it begins.</summary>
internal static class StartLine
{
    /// <summary>How many queries run, which of them still learn, and until when.</summary>
    public static string Render(int queries, IReadOnlyDictionary<string, DateTimeOffset> learning)
    {
        string count = string.Create(CultureInfo.InvariantCulture, $"{queries} {(queries == 1 ? "query" : "queries")}");
        if (learning.Count == 0) return count;
        IEnumerable<string> groups = learning
            .GroupBy(q => q.Value)
            .OrderBy(g => g.Key)
            .Select(g => string.Create(
                CultureInfo.InvariantCulture,
                $"{string.Join(", ", g.Select(q => q.Key).Order(StringComparer.Ordinal))} until {g.Key.UtcDateTime:yyyy-MM-dd HH:mm}Z"));
        return $"{count}; learning, so silent: {string.Join("; ", groups)}";
    }
}
