using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Streams.Scripting.Compiling;

/// <summary>Formats of times that say the offset of the machine's time zone, which a DateTime itself does not know.</summary>
internal sealed partial class SymbolCheck
{
    private void CheckFormat(SyntaxNode syntax, IInvocationOperation call)
    {
        if (call.TargetMethod.ContainingType.SpecialType == SpecialType.System_DateTime)
        {
            foreach (IArgumentOperation argument in call.Arguments.Where(argument => argument.Parameter?.Name == "format"))
            {
                if (IsLocal(argument.Value)) RefuseFormat(syntax);
            }
        }
        else if (call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == "format") is { } composite
            && call.TargetMethod.ContainingType.Name is nameof(String) or "StringBuilder" && call.Descendants().Any(IsDateTime))
        {
            // Which of the values stands at which place is not looked at.
            bool isLocal = composite.Value.ConstantValue is not { HasValue: true, Value: string text }
                || Place().Matches(text).Any(place => IsLocal(place.Groups["format"].Value));
            if (isLocal) RefuseFormat(syntax);
        }
    }

    private void CheckFormat(IInterpolationOperation text)
    {
        IOperation value = text.Expression;
        while (value is IConversionOperation { IsImplicit: true } conversion) value = conversion.Operand;
        if (text.FormatString is { } format && IsDateTime(value) && IsLocal(format)) RefuseFormat(text.Expression.Syntax);
    }

    private void RefuseFormat(SyntaxNode syntax) => Refuse(syntax, "this format of a DateTime", List.Named("local-time"));

    private static bool IsDateTime(IOperation value) => IsDateTime(value.Type)
        || value.Type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T, TypeArguments: [var type] }
        && IsDateTime(type);

    private static bool IsDateTime(ITypeSymbol? type) => type?.SpecialType == SpecialType.System_DateTime;

    // What is put together while the query runs may be any format; null is the ordinary one, without a zone.
    private static bool IsLocal(IOperation format)
    {
        while (format is IConversionOperation conversion) format = conversion.Operand;
        return format.ConstantValue.HasValue ? IsLocal(format.ConstantValue.Value as string ?? "") : format is not IDefaultValueOperation;
    }

    // learn.microsoft.com, "Standard date and time format strings": U converts to UTC. "Custom …": z, zz and zzz are the local offset.
    private static bool IsLocal(string format) => format == "U" || Quoted().Replace(format, "").Contains('z', StringComparison.Ordinal);

    [GeneratedRegex("""'[^']*'|"[^"]*"|\\.""")]
    private static partial Regex Quoted();

    [GeneratedRegex("""\{[^{}:]*:(?<format>[^{}]*)\}""")]
    private static partial Regex Place();
}
