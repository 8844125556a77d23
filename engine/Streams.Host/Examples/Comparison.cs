using Streams.Events;

namespace Streams.Host.Examples;

/// <summary>Expected against got: which expected transition met which one.</summary>
/// <param name="Matched">Pairs, in order.</param>
/// <param name="Missing">Expected and not got.</param>
/// <param name="Unexpected">Got and not expected.</param>
internal sealed record Comparison(
    IReadOnlyList<(ExpectedAlert Expected, Alert Got)> Matched, IReadOnlyList<ExpectedAlert> Missing, IReadOnlyList<Alert> Unexpected)
{
    /// <summary>Whether all came that was to come, and nothing else.</summary>
    public bool Agrees => Missing.Count == 0 && Unexpected.Count == 0;

    /// <summary>Compares in order: the longest run of expected transitions that came in the same order is matched.</summary>
    public static Comparison Of(IReadOnlyList<ExpectedAlert> expected, IReadOnlyList<Alert> got)
    {
        // Longest common subsequence, from the end.
        var longest = new int[expected.Count + 1, got.Count + 1];
        for (int i = expected.Count - 1; i >= 0; i--)
        {
            for (int j = got.Count - 1; j >= 0; j--)
            {
                longest[i, j] = Fits(expected[i], got[j]) ? longest[i + 1, j + 1] + 1 : Math.Max(longest[i + 1, j], longest[i, j + 1]);
            }
        }

        List<(ExpectedAlert, Alert)> matched = [];
        List<ExpectedAlert> missing = [];
        List<Alert> unexpected = [];
        int left = 0, right = 0;
        while (left < expected.Count || right < got.Count)
        {
            if (left < expected.Count && right < got.Count && Fits(expected[left], got[right]))
                matched.Add((expected[left++], got[right++]));
            else if (right == got.Count || (left < expected.Count && longest[left + 1, right] >= longest[left, right + 1]))
                missing.Add(expected[left++]);
            else
                unexpected.Add(got[right++]);
        }

        return new Comparison(matched, missing, unexpected);
    }

    private static bool Fits(ExpectedAlert expected, Alert got) => expected.Status == got.Status
        && (expected.Time is null || expected.Time == got.Timestamp)
        && (expected.Key is null || expected.Key == got.Key)
        && (expected.Host is null || expected.Host == got.Host)
        && (expected.Count is null || expected.Count == got.Count)
        && (expected.Message is null || got.Message.Contains(expected.Message, StringComparison.Ordinal))
        && (expected.Severity is null || expected.Severity == got.Severity)
        && (expected.Techniques is null || expected.Techniques.Order().SequenceEqual(got.Techniques.Order()));
}
