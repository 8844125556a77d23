namespace Streams.Events.Tests.Decoding.Golden;

/// <summary>Where we deliberately differ from go-libaudit, and why: one line of <c>differences.txt</c>.</summary>
/// <param name="Field">The field, as go-libaudit's test data name it (records) or as the document does (events).</param>
/// <param name="Theirs">What go-libaudit has; <c>-</c> for nothing, <c>*</c> for anything.</param>
/// <param name="Ours">What we have; likewise.</param>
/// <param name="Reason">Why.</param>
internal sealed record Difference(string Field, string Theirs, string Ours, string Reason)
{
    private static readonly Difference[] All =
    [
        .. File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Decoding", "Golden", "differences.txt"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split(" | "))
            .Select(parts => new Difference(parts[0].Trim(), parts[1].Trim(), parts[2].Trim(), parts[3].Trim())),
    ];

    private static readonly HashSet<Difference> Used = [];

    public static bool IsDeliberate(string field, string? theirs, string? ours)
    {
        Difference? found = Array.Find(
            All,
            difference => Matches(difference.Field, field) && Matches(difference.Theirs, theirs) && Matches(difference.Ours, ours));
        if (found is not null) lock (Used) Used.Add(found);
        return found is not null;
    }

    /// <summary>Differences that no golden shows: the list would rot.</summary>
    public static IEnumerable<Difference> Unused() => All.Where(difference => !Used.Contains(difference));

    private static bool Matches(string pattern, string? text) => pattern switch
    {
        "*" => text is not null,
        "-" => text is null,
        _ when pattern.EndsWith(".*", StringComparison.Ordinal) =>
            text is not null && text.StartsWith(pattern[..^1], StringComparison.Ordinal),
        _ => pattern == text,
    };
}
