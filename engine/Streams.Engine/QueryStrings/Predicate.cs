using Streams.Events;

namespace Streams.Engine.QueryStrings;

/// <summary>A query made ready to be asked of events.</summary>
internal abstract class Predicate
{
    public abstract bool Matches(Event source);

    public static Predicate Of(Expression expression) => expression switch
    {
        Expression.Junction { IsConjunction: true } all => new AllOf([.. all.Parts.Select(Of)]),
        Expression.Junction any => OfAlternatives(any.Parts),
        Expression.Not not => new Not(Of(not.Part)),
        Expression.Exists exists => new Exists(exists.Field),
        Expression.Exact exact => new Test(exact.Field, new SetTest([exact.Value])),
        Expression.Wildcard wildcard => new Test(wildcard.Field, new WildcardTest(wildcard.Pattern)),
        Expression.Regexp regexp => new Test(regexp.Field, new RegexTest(regexp.Pattern)),
        Expression.Range range => new Test(range.Field, new RangeTest(range.Values)),
        _ => new Everything(),
    };

    // The exact values of one field become one look-up, where the first of them stood.
    private static Predicate OfAlternatives(IReadOnlyList<Expression> parts)
    {
        var values = parts.OfType<Expression.Exact>().ToLookup(e => e.Field, e => e.Value);
        var looked = new HashSet<Field>();
        var alternatives = new List<Predicate>();
        foreach (Expression part in parts)
        {
            if (part is not Expression.Exact exact) alternatives.Add(Of(part));
            else if (looked.Add(exact.Field)) alternatives.Add(new Test(exact.Field, new SetTest(values[exact.Field])));
        }

        return alternatives.Count == 1 ? alternatives[0] : new AnyOf([.. alternatives]);
    }

    private sealed class AllOf(Predicate[] parts) : Predicate
    {
        public override bool Matches(Event source)
        {
            foreach (Predicate part in parts)
            {
                if (!part.Matches(source)) return false;
            }

            return true;
        }
    }

    private sealed class AnyOf(Predicate[] parts) : Predicate
    {
        public override bool Matches(Event source)
        {
            foreach (Predicate part in parts)
            {
                if (part.Matches(source)) return true;
            }

            return false;
        }
    }

    private sealed class Not(Predicate part) : Predicate
    {
        public override bool Matches(Event source) => !part.Matches(source);
    }

    private sealed class Everything : Predicate
    {
        public override bool Matches(Event source) => true;
    }

    private sealed class Exists(Field field) : Predicate
    {
        public override bool Matches(Event source) => !source[field].IsMissing;
    }

    private sealed class Test(Field field, ValueTest test) : Predicate
    {
        public override bool Matches(Event source) => test.Accepts(source[field]);
    }
}
