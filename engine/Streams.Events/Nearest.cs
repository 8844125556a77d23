namespace Streams.Events;

/// <summary>Which of the known names somebody probably meant: of commands, options, fields, system calls, queries.</summary>
public static class Nearest
{
    // What is far longer than any name of ours is no misspelling of one, and the table would grow with its length.
    private const int Longest = 200;

    // The beginning of a name is as good as one that is so far off.
    private const int Beginning = 3;

    /// <summary>The closest candidate, or null when none is close enough to be worth suggesting.</summary>
    public static string? To(string word, IEnumerable<string> candidates)
    {
        ArgumentNullException.ThrowIfNull(word);
        ArgumentNullException.ThrowIfNull(candidates);
        string? best = null;
        int bestDistance = int.MaxValue;
        foreach (string candidate in candidates)
        {
            int distance = Distance(word, candidate);
            if (distance > Most(word, candidate)) distance = IsBeginning(word, candidate) ? Beginning : int.MaxValue;
            if (distance < bestDistance) (best, bestDistance) = (candidate, distance);
        }

        return best;
    }

    /// <summary>A sentence's end that suggests the closest candidate; empty when there is none.</summary>
    public static string Suggestion(string word, IEnumerable<string> candidates) =>
        To(word, candidates) is { } found ? $"; did you mean {found}?" : "";

    /// <summary>How many letters must be put in, taken out, replaced or swapped with their neighbour, case aside.</summary>
    public static int Distance(string left, string right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (left.Length > Longest || right.Length > Longest) return int.MaxValue;

        int[,] table = new int[left.Length + 1, right.Length + 1];
        for (int i = 0; i <= left.Length; i++) table[i, 0] = i;
        for (int j = 0; j <= right.Length; j++) table[0, j] = j;
        for (int i = 1; i <= left.Length; i++)
        {
            for (int j = 1; j <= right.Length; j++)
            {
                int replaced = table[i - 1, j - 1] + (Same(left[i - 1], right[j - 1]) ? 0 : 1);
                int least = Math.Min(replaced, 1 + Math.Min(table[i - 1, j], table[i, j - 1]));
                if (i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]))
                    least = Math.Min(least, table[i - 2, j - 2] + 1);
                table[i, j] = least;
            }
        }

        return table[left.Length, right.Length];
    }

    // A third of the letters: one of three, two of six.
    private static int Most(string word, string candidate) => Math.Max(1, Math.Max(word.Length, candidate.Length) / 3);

    // As `stat` of status, or `Execs` of Executions.
    private static bool IsBeginning(string word, string candidate)
    {
        ReadOnlySpan<char> start = word.AsSpan().TrimEnd('s');
        return start.Length >= 3 && candidate.AsSpan().StartsWith(start, StringComparison.OrdinalIgnoreCase);
    }

    private static bool Same(char left, char right) => char.ToLowerInvariant(left) == char.ToLowerInvariant(right);
}
