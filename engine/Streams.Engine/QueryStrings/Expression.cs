using System.Globalization;
using System.Text;
using Streams.Events;

namespace Streams.Engine.QueryStrings;

/// <summary>A query as a tree of and, or, not over what is asked of single fields. Its text is the canonical form.</summary>
internal abstract class Expression
{
    /// <summary>How many levels the tree has, this one included.</summary>
    public virtual int Depth => 1;

    public abstract void CollectFields(List<Field> fields);

    public sealed override string ToString()
    {
        var text = new StringBuilder();
        Write(text);
        return text.ToString();
    }

    protected abstract void Write(StringBuilder text);

    /// <summary>All of them. Nested conjunctions become one, so that equal queries have one form.</summary>
    public static Expression All(IReadOnlyList<Expression> parts) => Join(parts, conjunction: true);

    /// <summary>At least one of them.</summary>
    public static Expression AnyOf(IReadOnlyList<Expression> parts) => Join(parts, conjunction: false);

    public static Expression Negate(Expression part) => part is Not not ? not.Part : new Not(part);

    private static Expression Join(IReadOnlyList<Expression> parts, bool conjunction)
    {
        if (parts.Count == 1) return parts[0];
        var flat = new List<Expression>(parts.Count);
        foreach (Expression part in parts)
        {
            if (part is Junction junction && junction.IsConjunction == conjunction) flat.AddRange(junction.Parts);
            else flat.Add(part);
        }

        return new Junction(conjunction, flat);
    }

    internal sealed class Junction(bool conjunction, IReadOnlyList<Expression> parts) : Expression
    {
        public bool IsConjunction { get; } = conjunction;

        public IReadOnlyList<Expression> Parts { get; } = parts;

        public override int Depth { get; } = 1 + parts.Max(p => p.Depth);

        public override void CollectFields(List<Field> fields)
        {
            foreach (Expression part in Parts) part.CollectFields(fields);
        }

        protected override void Write(StringBuilder text)
        {
            for (int i = 0; i < Parts.Count; i++)
            {
                if (i > 0) text.Append(IsConjunction ? " AND " : " OR ");
                // Elasticsearch would take a bare NOT beside an OR out of the alternatives.
                WriteNested(text, Parts[i], parenthesised: Parts[i] is Junction || (Parts[i] is Not && !IsConjunction));
            }
        }
    }

    internal sealed class Not(Expression part) : Expression
    {
        public Expression Part { get; } = part;

        public override int Depth { get; } = 1 + part.Depth;

        public override void CollectFields(List<Field> fields) => Part.CollectFields(fields);

        protected override void Write(StringBuilder text)
        {
            text.Append("NOT ");
            WriteNested(text, Part, parenthesised: Part is Junction);
        }
    }

    /// <summary>Every event: <c>*</c> or <c>*:*</c>.</summary>
    internal sealed class Everything : Expression
    {
        public override void CollectFields(List<Field> fields)
        {
        }

        protected override void Write(StringBuilder text) => text.Append("*:*");
    }

    /// <summary>The field is there.</summary>
    internal sealed class Exists(Field field) : Expression
    {
        public Field Field { get; } = field;

        public override void CollectFields(List<Field> fields) => AddOnce(fields, Field);

        protected override void Write(StringBuilder text)
        {
            text.Append("_exists_:");
            WriteValue(text, Field.Name);
        }
    }

    /// <summary>The field holds something that passes a test; of a list, at least one element does.</summary>
    internal abstract class Match(Field field) : Expression
    {
        public Field Field { get; } = field;

        public sealed override void CollectFields(List<Field> fields) => AddOnce(fields, Field);

        protected sealed override void Write(StringBuilder text)
        {
            for (int i = 0; i < Field.Name.Length; i++)
            {
                char c = Field.Name[i];
                bool excludes = i == 0 && c == '-';
                if (excludes || !IsFieldCharacter(c)) text.Append('\\');
                text.Append(c);
            }

            text.Append(':');
            WriteTest(text);
        }

        protected abstract void WriteTest(StringBuilder text);
    }

    internal sealed class Exact(Field field, string value) : Match(field)
    {
        public string Value { get; } = value;

        protected override void WriteTest(StringBuilder text) => WriteValue(text, Value);
    }

    internal sealed class Wildcard(Field field, WildcardPattern pattern) : Match(field)
    {
        public WildcardPattern Pattern { get; } = pattern;

        protected override void WriteTest(StringBuilder text) => text.Append(Pattern);
    }

    /// <summary>A regular expression in Lucene's syntax and what it is in .NET's.</summary>
    internal sealed class Regexp(Field field, string body, string pattern) : Match(field)
    {
        public string Pattern { get; } = pattern;

        protected override void WriteTest(StringBuilder text) => text.Append('/').Append(body).Append('/');
    }

    internal sealed class Range(Field field, ValueRange values) : Match(field)
    {
        public ValueRange Values { get; } = values;

        protected override void WriteTest(StringBuilder text)
        {
            text.Append(Values.IncludesLower ? '[' : '{');
            WriteBound(text, Values.Lower);
            text.Append(" TO ");
            WriteBound(text, Values.Upper);
            text.Append(Values.IncludesUpper ? ']' : '}');
        }

        private static void WriteBound(StringBuilder text, string? bound)
        {
            if (bound is null) text.Append('*');
            else WriteValue(text, bound);
        }
    }

    internal static bool IsFieldCharacter(char c) => char.IsLetterOrDigit(c) || c is '_' or '.' or '@' or '-';

    private static void AddOnce(List<Field> fields, Field field)
    {
        if (!fields.Contains(field)) fields.Add(field);
    }

    private static void WriteNested(StringBuilder text, Expression part, bool parenthesised)
    {
        if (parenthesised) text.Append('(');
        part.Write(text);
        if (parenthesised) text.Append(')');
    }

    private static void WriteValue(StringBuilder text, string value)
    {
        if (IsBare(value))
        {
            text.Append(value);
            return;
        }

        text.Append('"');
        foreach (char c in value)
        {
            // A lone half of a surrogate pair or a control character survives copying only as its number.
            if (char.IsControl(c) || char.IsSurrogate(c)) text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
            else if (c is '"' or '\\') text.Append('\\').Append(c);
            else text.Append(c);
        }

        text.Append('"');
    }

    private static bool IsBare(string value)
    {
        if (value is "" or "AND" or "OR" or "NOT" or "TO" || value[0] == '-') return false;
        foreach (char c in value)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '-' or '@' or '=' or ',' or '%')) return false;
        }

        return true;
    }
}
