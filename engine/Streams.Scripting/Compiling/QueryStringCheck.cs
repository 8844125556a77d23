using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;
using Streams.Engine;
using Streams.Engine.QueryStrings;
using Streams.Events;

namespace Streams.Scripting.Compiling;

/// <summary>
/// Reads the query strings that stand in a script while it is compiled, so that a mistake in one has its place in the file.
/// </summary>
internal static class QueryStringCheck
{
    /// <summary>What is wrong with the query string of a call, and where; null when nothing is, or when it is known only later.</summary>
    public static (Location Place, QueryStringException Mistake)? Mistake(IInvocationOperation call)
    {
        if (Written(call) is not var (text, syntax)) return null;
        try
        {
            QueryString.Compile(text);
            return null;
        }
        catch (QueryStringException mistake)
        {
            return (Place(syntax, text, mistake.Position), mistake);
        }
    }

    /// <summary>What is probably misspelt in a query string without a mistake, or in the name of a field.</summary>
    public static IEnumerable<(Location Place, string Name, string Meant)> Doubts(IInvocationOperation call)
    {
        if (Written(call) is var (query, syntax))
        {
            foreach ((string name, string meant) in QueryString.Parse(query).Doubts)
                yield return (Place(syntax, query, Math.Max(0, query.IndexOf(name, StringComparison.Ordinal))), name, meant);
        }
        else if (Field(call) is var (field, argument) && QueryString.MeantBy(field) is { } known)
        {
            yield return (argument.GetLocation(), field.Name, known);
        }
    }

    private static (string Text, SyntaxNode Syntax)? Written(IInvocationOperation call) =>
        call.TargetMethod is { Name: nameof(WhereOperator.Where), ContainingType.Name: nameof(WhereOperator) }
            ? Constant(call, "query")
            : null;

    // e.Data("acct") and Field.Of("auditd.data.acct").
    private static (Field Field, SyntaxNode Syntax)? Field(IInvocationOperation call)
    {
        string prefix = call.TargetMethod switch
        {
            { Name: nameof(AuditEvent.Data), ContainingType.Name: nameof(AuditEvent) } => "auditd.data.",
            { Name: nameof(Events.Field.Of), ContainingType.Name: nameof(Events.Field) } => "",
            _ => " ",
        };
        return prefix != " " && Constant(call, "name") is var (name, syntax) ? (Events.Field.Of(prefix + name), syntax) : null;
    }

    private static (string Text, SyntaxNode Syntax)? Constant(IInvocationOperation call, string parameter)
    {
        IOperation? value = call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == parameter)?.Value;
        return value?.ConstantValue is { HasValue: true, Value: string text } ? (text, value.Syntax) : null;
    }

    // Where the text stands in the file as it is, each of its characters has a place there; where it is put together or has escapes,
    // it is known where it begins.
    private static Location Place(SyntaxNode written, string text, int position)
    {
        int start = written is LiteralExpressionSyntax && text.Length > 0 ? written.ToString().IndexOf(text, StringComparison.Ordinal) : -1;
        return start < 0
            ? written.GetLocation()
            : Location.Create(written.SyntaxTree, new TextSpan(written.SpanStart + start + position, 1));
    }
}
