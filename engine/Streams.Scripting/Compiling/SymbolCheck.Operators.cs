using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Streams.Scripting.Compiling;

/// <summary>What operators and texts do although no name stands there.</summary>
internal sealed partial class SymbolCheck
{
    // Whether two texts are one object depends on what other hosts of the shard have said before.
    private void CheckIdentity(IBinaryOperation binary)
    {
        if (binary is { OperatorKind: BinaryOperatorKind.Add, Type.SpecialType: SpecialType.System_String, OperatorMethod: null })
        {
            CheckText(binary.LeftOperand);
            CheckText(binary.RightOperand);
        }

        if (binary is not { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals, OperatorMethod: null }) return;
        if (IsCompared(binary.LeftOperand) && IsCompared(binary.RightOperand))
            Refuse(binary.Syntax, binary.OperatorKind == BinaryOperatorKind.Equals ? "==" : "!=", List.Named("identity"));

        bool IsCompared(IOperation operand)
        {
            if (operand is not { Type: { IsReferenceType: true, SpecialType: not SpecialType.System_String } }) return false;
            if (operand.ConstantValue.HasValue) return false;
            while (operand is IConversionOperation { IsImplicit: true } conversion) operand = conversion.Operand;
            return operand.Type is { } type && !IsOwn(type);
        }
    }

    // A value within a text says what its ToString does, as if that was written.
    private void CheckText(IOperation value)
    {
        while (value is IConversionOperation { OperatorMethod: null } conversion) value = conversion.Operand;
        for (ITypeSymbol? type = value.Type; type is not null; type = type.BaseType)
        {
            IMethodSymbol? method = type.GetMembers(nameof(ToString)).OfType<IMethodSymbol>().FirstOrDefault(m => m.Parameters.IsEmpty);
            if (method is null) continue;
            CheckSymbol(value.Syntax, method);
            return;
        }
    }
}
