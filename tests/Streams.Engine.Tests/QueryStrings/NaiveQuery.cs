using System.Globalization;
using System.Text.RegularExpressions;

namespace Streams.Engine.Tests.QueryStrings;

/// <summary>A query as the plainest thing that can be written and asked: what the real one is compared with. Values are texts or
/// lists.</summary>
internal abstract record NaiveQuery
{
    /// <summary>The query in the syntax, with parentheses only where it needs them when <paramref name="spare"/>.</summary>
    public abstract string Write(bool spare);

    public abstract bool Matches(IReadOnlyDictionary<string, string[]> document);

    public sealed record And(NaiveQuery Left, NaiveQuery Right) : NaiveQuery
    {
        public override string Write(bool spare) => $"{Inside(Left, spare, Left is Or)} AND {Inside(Right, spare, Right is Or)}";

        public override bool Matches(IReadOnlyDictionary<string, string[]> document) => Left.Matches(document) && Right.Matches(document);
    }

    public sealed record Or(NaiveQuery Left, NaiveQuery Right, bool Words) : NaiveQuery
    {
        public override string Write(bool spare) => $"{Inside(Left, spare, false)} {(Words ? "OR" : "||")} {Inside(Right, spare, false)}";

        public override bool Matches(IReadOnlyDictionary<string, string[]> document) => Left.Matches(document) || Right.Matches(document);
    }

    public sealed record Not(NaiveQuery Part, string Sign) : NaiveQuery
    {
        public override string Write(bool spare) => $"{Sign}{Inside(Part, spare, Part is And or Or or Not)}";

        public override bool Matches(IReadOnlyDictionary<string, string[]> document) => !Part.Matches(document);
    }

    public sealed record Exists(string Field, bool Star) : NaiveQuery
    {
        public override string Write(bool spare) => Star ? $"{Field}:*" : $"_exists_:{Field}";

        public override bool Matches(IReadOnlyDictionary<string, string[]> document) => document.ContainsKey(Field);
    }

    public abstract record OfValue(string Field) : NaiveQuery
    {
        public sealed override bool Matches(IReadOnlyDictionary<string, string[]> document) =>
            document.TryGetValue(Field, out string[]? values) && values.Any(Accepts);

        protected abstract bool Accepts(string value);
    }

    public sealed record Exact(string Field, string Value) : OfValue(Field)
    {
        public override string Write(bool spare) =>
            $"{Field}:\"{Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

        protected override bool Accepts(string value) => value == Value;
    }

    public sealed record Wildcard(string Field, string Pattern) : OfValue(Field)
    {
        public override string Write(bool spare) =>
            $"{Field}:{string.Concat(Pattern.Select(c => char.IsAsciiLetterOrDigit(c) || c is '*' or '?' ? c.ToString() : $"\\{c}"))}";

        protected override bool Accepts(string value) => Fits(Pattern, value);

        private static bool Fits(ReadOnlySpan<char> pattern, ReadOnlySpan<char> value)
        {
            if (pattern.IsEmpty) return value.IsEmpty;
            if (pattern[0] == '*') return Fits(pattern[1..], value) || (!value.IsEmpty && Fits(pattern, value[1..]));
            return !value.IsEmpty && (pattern[0] == '?' || pattern[0] == value[0]) && Fits(pattern[1..], value[1..]);
        }
    }

    public sealed record Regexp(string Field, string Pattern) : OfValue(Field)
    {
        public override string Write(bool spare) => $"{Field}:/{Pattern}/";

        protected override bool Accepts(string value) => Regex.IsMatch(value, $@"\A(?:{Pattern})\z", RegexOptions.Singleline);
    }

    public sealed record Between(string Field, int Low, bool IncludesLow, int High, bool IncludesHigh) : OfValue(Field)
    {
        public override string Write(bool spare) =>
            string.Create(CultureInfo.InvariantCulture, $"{Field}:{(IncludesLow ? '[' : '{')}{Low} TO {High}{(IncludesHigh ? ']' : '}')}");

        protected override bool Accepts(string value) => int.TryParse(value, CultureInfo.InvariantCulture, out int number)
            && (IncludesLow ? number >= Low : number > Low) && (IncludesHigh ? number <= High : number < High);
    }

    private static string Inside(NaiveQuery part, bool spare, bool needed) =>
        needed || !spare ? $"({part.Write(spare)})" : part.Write(spare);
}
