using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace Streams.Scripting.Compiling;

/// <summary>
/// What an operator's state may hold: primitives, strings, times, addresses, tuples of them, and the events. Any other type could not be
/// saved, and would keep the script that declares it in memory.
/// </summary>
internal static class SavedTypes
{
    private static readonly HashSet<string> Known =
    [
        "System.DateTimeOffset", "System.TimeSpan", "System.Guid", "System.Net.IPAddress",
    ];

    /// <summary>The part of a type that cannot be saved; null when all can.</summary>
    public static ITypeSymbol? Unsaved(ITypeSymbol type) => type switch
    {
        { TypeKind: TypeKind.Enum } =>
            type.ContainingAssembly.Name.StartsWith("Streams.", StringComparison.Ordinal) || IsSystem(type) ? null : type,
        INamedTypeSymbol { IsTupleType: true } tuple => First(tuple.TupleElements.Select(element => element.Type)),
        INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable => Unsaved(nullable.TypeArguments[0]),
        { SpecialType: >= SpecialType.System_Boolean and <= SpecialType.System_String } => null,
        INamedTypeSymbol named when Known.Contains(named.ToDisplayString(Plain)) => null,
        INamedTypeSymbol named when named.ContainingAssembly?.Name is "Streams.Events" or "Streams.Engine" => First(named.TypeArguments),
        _ => type,
    };

    private static ITypeSymbol? First(IEnumerable<ITypeSymbol> types)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return types.Select(Unsaved).FirstOrDefault(type => type is not null);
    }

    private static bool IsSystem(ITypeSymbol type) =>
        type.ContainingNamespace.ToDisplayString().StartsWith("System", StringComparison.Ordinal);

    // string? and string are the same type to a state.
    private static readonly SymbolDisplayFormat Plain =
        new(SymbolDisplayGlobalNamespaceStyle.Omitted, SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces);
}
