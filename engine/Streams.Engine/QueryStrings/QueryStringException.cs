using System.Globalization;

namespace Streams.Engine.QueryStrings;

/// <summary>A query string that cannot be read: what is wrong, where, and what to do about it.</summary>
public sealed class QueryStringException : FormatException
{
    private const int Context = 60;

    /// <summary>Says what is wrong.</summary>
    /// <param name="query">The whole query.</param>
    /// <param name="position">Where, from 0; at most the query's length.</param>
    /// <param name="problem">What is wrong.</param>
    /// <param name="remedy">What to do about it.</param>
    public QueryStringException(string query, int position, string problem, string remedy)
        : base(string.Create(CultureInfo.InvariantCulture,
            $"Query string, character {position + 1}: {Printable(problem)}; {Printable(remedy)}"))
    {
        Query = query;
        Position = position;
        Problem = Printable(problem);
        Remedy = Printable(remedy);
    }

    /// <summary>The whole query.</summary>
    public string Query { get; }

    /// <summary>Where the mistake is, as an index into <see cref="Query"/>; its length when something is missing at the end.</summary>
    public int Position { get; }

    /// <summary>What is wrong.</summary>
    public string Problem { get; }

    /// <summary>What to do about it.</summary>
    public string Remedy { get; }

    /// <summary>
    /// Three lines for a terminal: the line of the query with the mistake (shortened around it when long), a caret under the place with
    /// what is wrong, and the remedy. Characters that would move the cursor are shown as <c>·</c>.
    /// </summary>
    public string Rendering
    {
        get
        {
            int start = Position == 0 ? 0 : Query.LastIndexOfAny(['\n', '\r'], Position - 1) + 1;
            int end = Query.IndexOfAny(['\n', '\r'], Position);
            if (end < 0) end = Query.Length;
            int from = Math.Max(start, Position - Context);
            int to = Math.Min(end, Position + Context);
            string before = (from > start ? "…" : "") + Query[from..Position];
            string after = Query[Position..to] + (to < end ? "…" : "");
            return $"{Printable(before + after)}\n{new string(' ', before.Length)}^ {Problem}\n{Remedy}";
        }
    }

    private static string Printable(string text) => string.Create(text.Length, text, static (span, source) =>
    {
        for (int i = 0; i < span.Length; i++)
            span[i] = IsPrintable(source[i]) ? source[i] : source[i] == '\t' ? ' ' : '·';
    });

    private static bool IsPrintable(char c) => CharUnicodeInfo.GetUnicodeCategory(c) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.Surrogate);
}
