using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;
using Streams.Engine;
using Streams.Engine.QueryStrings;

namespace Streams.Scripting.Compiling;

/// <summary>
/// Reads the query strings that stand in a script while it is compiled, so that a mistake in one has its place in the file.
/// </summary>
internal static class QueryStringCheck
{
    /// <summary>What is wrong with the query string of a call, and where; null when nothing is, or when it is known only later.</summary>
    public static (Location Place, QueryStringException Mistake)? Mistake(IInvocationOperation call)
    {
        if (call.TargetMethod is not { Name: nameof(WhereOperator.Where), ContainingType.Name: nameof(WhereOperator) }) return null;
        IOperation? value = call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == "query")?.Value;
        if (value?.ConstantValue is not { HasValue: true, Value: string text }) return null;
        try
        {
            QueryString.Compile(text);
            return null;
        }
        catch (QueryStringException mistake)
        {
            return (Place(value.Syntax, text, mistake.Position), mistake);
        }
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
