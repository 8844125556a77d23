using System.Text;

namespace Streams.Audit.Rules;

/// <summary>One word of a line and the column where it begins, from 1.</summary>
internal readonly record struct RuleWord(string Text, int Column);

/// <summary>
/// Splits a line into words at blanks. Quotes, single or double, keep blanks together and are dropped. A backslash is itself,
/// unless a blank, a quote or another backslash follows: names of systemd units have it.
/// </summary>
internal static class RuleWords
{
    /// <summary>The words of a line; none for a comment. What is behind a word <c>#</c> is a comment too.</summary>
    /// <param name="line">The line.</param>
    /// <param name="openQuote">The column of a quote that is never closed; 0 if there is none.</param>
    public static List<RuleWord> Split(string line, out int openQuote)
    {
        var words = new List<RuleWord>();
        var word = new StringBuilder();
        openQuote = 0;
        int at = 0;
        while (true)
        {
            while (at < line.Length && char.IsWhiteSpace(line[at])) at++;
            if (at == line.Length || line[at] == '#') return words;
            int start = at;
            word.Clear();
            at = Take(line, at, word, ref openQuote);
            words.Add(new RuleWord(word.ToString(), start + 1));
        }
    }

    private static int Take(string line, int at, StringBuilder word, ref int openQuote)
    {
        char quote = '\0';
        int opened = 0;
        for (; at < line.Length; at++)
        {
            char c = line[at];
            if (quote == '\0' && char.IsWhiteSpace(c)) break;
            if (c == '\\' && quote != '\'' && at + 1 < line.Length && line[at + 1] is ' ' or '\t' or '"' or '\'' or '\\')
            {
                word.Append(line[++at]);
            }
            else if (quote == '\0' && c is '"' or '\'')
            {
                quote = c;
                opened = at + 1;
            }
            else if (c == quote && quote != '\0')
            {
                quote = '\0';
            }
            else
            {
                word.Append(c);
            }
        }

        if (quote != '\0') openQuote = opened;
        return at;
    }
}
