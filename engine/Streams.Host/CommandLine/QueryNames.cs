namespace Streams.Host.CommandLine;

/// <summary>
/// Several names behind one <c>--query</c>: they are made an option each before the command line is parsed, because a parser that takes
/// them itself would also take the logs that follow.
/// </summary>
internal static class QueryNames
{
    private const string Option = "--query";

    /// <summary>
    /// Puts <c>--query</c> before each further word behind <c>--query NAME</c>, up to one that is no name: an option, a path, or a file or
    /// folder that is there.
    /// </summary>
    /// <param name="words">The command line.</param>
    /// <param name="exists">Whether there is a file or folder of that name.</param>
    public static string[] Spread(IReadOnlyList<string> words, Func<string, bool> exists)
    {
        List<string> spread = [];
        int next = 0;
        while (next < words.Count && words[next] != "--")
        {
            string word = words[next++];
            spread.Add(word);
            if (word != Option || next == words.Count || words[next].StartsWith('-')) continue;
            spread.Add(words[next++]);
            while (next < words.Count && IsName(words[next], exists)) spread.AddRange([Option, words[next++]]);
        }

        return [.. spread, .. words.Skip(next)];
    }

    private static bool IsName(string word, Func<string, bool> exists) =>
        word.Length > 0 && word[0] != '-' && !word.Contains('/') && !word.Contains('.') && !exists(word);
}
