using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Streams.Scripting.Compiling;

/// <summary>
/// Refuses state that is lost after a fault of the query and that no shard shares: functions that write what they captured or change an
/// object that they did not make, and Rx operators that keep state, unless the query says that it is volatile. What a script does once,
/// while its queries are made, is free.
/// </summary>
internal sealed class StateCheck
{
    private static readonly SymbolList List = SymbolList.Default;

    private readonly IReadOnlyList<(SemanticModel Model, IReadOnlyList<IOperation> Roots)> _parts;
    private readonly Action<Location, string, string> _refuse;
    private readonly List<Chain> _chains = [];

    // What each local is given; null where it cannot be told.
    private readonly Dictionary<Location, List<IOperation?>> _values = [];

    public StateCheck(IReadOnlyList<(SemanticModel Model, IReadOnlyList<IOperation> Roots)> parts, Action<Location, string, string> refuse)
    {
        _parts = parts;
        _refuse = refuse;
    }

    public void Run()
    {
        foreach (IOperation operation in _parts.SelectMany(part => part.Roots).SelectMany(root => root.DescendantsAndSelf()))
        {
            CollectChain(operation);
            CollectValue(operation);
        }
        foreach (IOperation root in _parts.SelectMany(part => part.Roots)) CheckTree(root, EnclosingFunction(root.Syntax));
    }

    private void CheckTree(IOperation root, SyntaxNode? within)
    {
        Stack<(IOperation Operation, SyntaxNode? Function)> open = new([(root, within)]);
        while (open.TryPop(out (IOperation Operation, SyntaxNode? Function) next))
        {
            (IOperation operation, SyntaxNode? function) = next;
            if (operation is IAnonymousFunctionOperation or ILocalFunctionOperation) function = operation.Syntax;
            Check(operation, function);
            foreach (IOperation child in operation.ChildOperations.Reverse()) open.Push((child, function));
        }
    }

    private void Check(IOperation operation, SyntaxNode? function)
    {
        switch (operation)
        {
            case IInvocationOperation call:
                CheckStockState(call.TargetMethod, call.Syntax);
                IMethodSymbol method = Definition(call.TargetMethod);
                if (function is not null && call.Instance is { } target && List.Changes(method) && !IsOwnObject(target, function))
                    RefuseChange(call.Syntax, target, method.Name);
                CheckBuffers(call, function);
                break;
            case IMethodReferenceOperation { Instance: { } bound } reference when List.Changes(reference.Method.OriginalDefinition):
                RefuseChange(reference.Syntax, bound, reference.Method.Name);
                break;
            case IMethodReferenceOperation reference:
                CheckStockState(reference.Method, reference.Syntax);
                break;
            case ISimpleAssignmentOperation { IsRef: true } reference: CheckWrite(reference.Value, function); break;
            case IAssignmentOperation assignment: CheckWrite(assignment.Target, function); break;
            case IEventAssignmentOperation assignment: CheckWrite(assignment.EventReference, function); break;
            case IIncrementOrDecrementOperation increment: CheckWrite(increment.Target, function); break;
            case IArgumentOperation { Parameter.RefKind: RefKind.Out or RefKind.Ref } argument: CheckWrite(argument.Value, function); break;
            case IVariableDeclaratorOperation { Symbol.RefKind: RefKind.Ref, Initializer.Value: { } value }:
                CheckWrite(value, function);
                break;
            case IForEachLoopOperation { LoopControlVariable: IVariableDeclaratorOperation { Symbol.RefKind: RefKind.Ref } } loop
                when function is not null && !IsOwnObject(loop.Collection, function):
                RefuseWrite(loop.Collection);
                break;
        }
    }

    // What the script hands to others as a span or a memory, they may write to. MemoryExtensions only looks, as far as it is on the list.
    private void CheckBuffers(IInvocationOperation call, SyntaxNode? function)
    {
        if (function is null || call.TargetMethod.ContainingType?.Name == nameof(MemoryExtensions)) return;
        foreach (IArgumentOperation argument in call.Arguments)
        {
            if (IsBuffer(argument.Parameter?.Type) && !IsOwnObject(argument.Value, function)) RefuseWrite(argument.Value);
        }
    }

    private static bool IsBuffer(ITypeSymbol? type) =>
        type is INamedTypeSymbol { Name: "Span" or "Memory", ContainingNamespace: { Name: "System" } };

    private void CheckStockState(IMethodSymbol method, SyntaxNode syntax)
    {
        if (!List.KeepsState(Definition(method))) return;
        Chain? chain = ChainAt(syntax);
        bool isVolatile = chain?.IsVolatile ?? (_chains.Count > 0 && _chains.TrueForAll(c => c.IsVolatile));
        bool isFleet = chain?.IsFleet ?? (_chains.Count > 0 && _chains.TrueForAll(c => c.IsFleet));
        Location location = NameIn(syntax).GetLocation();
        if (!isVolatile)
        {
            _refuse(location, $"{method.Name} of Rx keeps state that is lost after a fault of the query",
                "use an operator of Streams (NewTerm, Frequency, Sequence, Suppress, Latest, Silence), or say .Volatile() after Query(…)");
        }
        else if (!isFleet && !IsPerHost(syntax))
        {
            _refuse(location, $"{method.Name} of Rx would mix the hosts of a shard in its state",
                "put it inside .PerHost(host => host…), or say .Fleet() when all hosts belong together");
        }
    }

    private void CheckWrite(IOperation target, SyntaxNode? function)
    {
        if (function is null) return;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (target)
        {
            case ITupleOperation tuple:
                foreach (IOperation element in tuple.Elements) CheckWrite(element, function);
                return;
            case IConversionOperation conversion:
                CheckWrite(conversion.Operand, function);
                return;
            case IDeclarationExpressionOperation or IDiscardOperation:
                return;
        }
        if (!IsOwnPlace(target, function)) RefuseWrite(target);
    }

    // A variable, field or element that belongs to this call of the function alone.
    private bool IsOwnPlace(IOperation place, SyntaxNode function) => place switch
    {
        ILocalReferenceOperation { Local: var local } => IsDeclaredIn(local, function),
        IParameterReferenceOperation { Parameter: var parameter } => IsDeclaredIn(parameter, function),
        IFieldReferenceOperation { Instance: IInstanceReferenceOperation self } => IsOwnSelf(self, function),
        IPropertyReferenceOperation { Instance: IInstanceReferenceOperation self } => IsOwnSelf(self, function),
        IFieldReferenceOperation { Instance: { } target } => IsOwnTarget(target, function),
        IPropertyReferenceOperation { Instance: { } target } => IsOwnTarget(target, function),
        IArrayElementReferenceOperation element => IsOwnObject(element.ArrayReference, function),
        IImplicitIndexerReferenceOperation element => IsOwnTarget(element.Instance, function),
        IInvocationOperation { Instance: { } target } => IsOwnTarget(target, function),
        _ => false,
    };

    private bool IsOwnTarget(IOperation target, SyntaxNode function)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return target.Type is { IsValueType: true, IsRefLikeType: false } ? IsOwnPlace(target, function) : IsOwnObject(target, function);
    }

    private static bool IsOwnSelf(IInstanceReferenceOperation self, SyntaxNode function) =>
        (self.ReferenceKind == InstanceReferenceKind.ImplicitReceiver && !IsOfMember(self))
        || function is ConstructorDeclarationSyntax
        || function.IsKind(SyntaxKind.InitAccessorDeclaration)
        || function.IsKind(SyntaxKind.SetAccessorDeclaration);

    // new Host(names) { Names = { "a" } }: what is filled is not what is made.
    private static bool IsOfMember(IInstanceReferenceOperation self)
    {
        IOperation? within = self.Parent;
        while (within is not (null or IObjectOrCollectionInitializerOperation)) within = within.Parent;
        return within?.Parent is IMemberInitializerOperation;
    }

    // An object that this call of the function made, and so nothing else can hold yet.
    private bool IsOwnObject(IOperation value, SyntaxNode function) => IsOwnObject(value, function, 0);

    private bool IsOwnObject(IOperation? value, SyntaxNode function, int depth)
    {
        if (depth > 50) return false;
        bool IsOwn(IOperation? part) => IsOwnObject(part, function, depth + 1);
        switch (value)
        {
            case IObjectCreationOperation { Type: var made, Arguments: var given } when IsBuffer(made):
                return given.All(argument => argument.Value.Type is not IArrayTypeSymbol || IsOwn(argument.Value));
            case IObjectCreationOperation or IArrayCreationOperation or ICollectionExpressionOperation:
            case IAnonymousObjectCreationOperation or IWithOperation:
            case { Syntax: StackAllocArrayCreationExpressionSyntax or ImplicitStackAllocArrayCreationExpressionSyntax }:
                return true;
            case IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ImplicitReceiver } self: return !IsOfMember(self);
            case IConversionOperation { OperatorMethod: null } conversion: return IsOwn(conversion.Operand);
            case IConversionOperation { Type.IsRefLikeType: true } conversion: return IsOwn(conversion.Operand);
            case IParenthesizedOperation inner: return IsOwn(inner.Operand);
            case IConditionalOperation either: return IsOwn(either.WhenTrue) && IsOwn(either.WhenFalse);
            case ICoalesceOperation either: return IsOwn(either.Value) && IsOwn(either.WhenNull);
            case ISwitchExpressionOperation choice: return choice.Arms.All(arm => IsOwn(arm.Value));
            case IAwaitOperation: return false;
            case IInvocationOperation call:
                if (List.IsFresh(Definition(call.TargetMethod))) return true;
                // Fluent: StringBuilder.Append returns what it was called on.
                return call.Instance is { } instance && SymbolEqualityComparer.Default.Equals(instance.Type, call.Type) && IsOwn(instance);
            case ILocalReferenceOperation { Local: var local }:
                return IsDeclaredIn(local, function) && _values.TryGetValue(local.Locations[0], out List<IOperation?>? values)
                    && values.TrueForAll(IsOwn);
            default:
                return false;
        }
    }

    private static bool IsDeclaredIn(ISymbol symbol, SyntaxNode function) =>
        symbol.Locations is [{ SourceTree: { } tree, SourceSpan: var span }]
        && tree == function.SyntaxTree && function.FullSpan.Contains(span);

    private void CollectValue(IOperation operation)
    {
        switch (operation)
        {
            case IVariableDeclaratorOperation declarator when operation.Parent is IForEachLoopOperation:
                Give(declarator.Symbol, [null]);
                break;
            case IVariableDeclaratorOperation declarator:
                Give(declarator.Symbol, declarator.Initializer is { } initializer ? [initializer.Value] : []);
                break;
            case ISimpleAssignmentOperation { Target: ILocalReferenceOperation target } assignment:
                Give(target.Local, [assignment.Value]);
                break;
            case ICoalesceAssignmentOperation { Target: ILocalReferenceOperation target } assignment:
                Give(target.Local, [assignment.Value]);
                break;
            case IDeconstructionAssignmentOperation deconstruction:
                foreach (IOperation part in deconstruction.Target.DescendantsAndSelf())
                {
                    if (part is ILocalReferenceOperation { Local: var local }) Give(local, [null]);
                }
                break;
            case IArgumentOperation { Parameter.RefKind: RefKind.Out or RefKind.Ref, Value: ILocalReferenceOperation target }:
                Give(target.Local, [null]);
                break;
        }
    }

    private void Give(ILocalSymbol local, ReadOnlySpan<IOperation?> values)
    {
        if (!_values.TryGetValue(local.Locations[0], out List<IOperation?>? given)) _values.Add(local.Locations[0], given = []);
        given.AddRange(values);
    }

    // Query(…) and all that is called on it in one expression, with what it says of itself.
    private void CollectChain(IOperation operation)
    {
        if (operation is not IInvocationOperation { TargetMethod: var method, Syntax: var syntax }) return;
        if (method is not { Name: "Query", ContainingType.Name: "QueryScript" }) return;
        bool isVolatile = false;
        SyntaxNode top = syntax;
        while (top.Parent is MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax call } access && access.Expression == top)
        {
            isVolatile |= access.Name.Identifier.Text == "Volatile";
            top = call;
        }
        bool isFleet = top.DescendantNodes().OfType<MemberAccessExpressionSyntax>().Any(access => access.Name.Identifier.Text == "Fleet");
        _chains.Add(new Chain(top, isVolatile, isFleet));
    }

    private Chain? ChainAt(SyntaxNode syntax) =>
        _chains.Find(chain => chain.Syntax.SyntaxTree == syntax.SyntaxTree && chain.Syntax.Span.Contains(syntax.Span));

    private static bool IsPerHost(SyntaxNode syntax)
    {
        for (SyntaxNode? node = syntax; node is not null; node = node.Parent)
        {
            if (node is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call }
                && NameIn(call) is SimpleNameSyntax { Identifier.Text: "PerHost" })
            {
                return true;
            }
        }
        return false;
    }

    private static SyntaxNode? EnclosingFunction(SyntaxNode syntax)
    {
        SyntaxNode? node = syntax.AncestorsAndSelf().FirstOrDefault(n =>
            n is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or ArrowExpressionClauseSyntax);
        return node is ArrowExpressionClauseSyntax ? node.Parent : node;
    }

    private void RefuseChange(SyntaxNode syntax, IOperation target, string member)
    {
        if (ChainAt(syntax)?.IsVolatile ?? (_chains.Count > 0 && _chains.TrueForAll(c => c.IsVolatile))) return;
        _refuse(
            NameIn(syntax).GetLocation(),
            $"{target.Syntax}.{member} changes an object that outlives the call," +
                " so the query would keep state that is lost after a fault of the query",
            Remedy);
    }

    private void RefuseWrite(IOperation target)
    {
        if (ChainAt(target.Syntax)?.IsVolatile ?? (_chains.Count > 0 && _chains.TrueForAll(c => c.IsVolatile))) return;
        _refuse(
            target.Syntax.GetLocation(),
            $"{target.Syntax} is written by a function but outlives its call," +
                " so the query would keep state that is lost after a fault of the query",
            Remedy);
    }

    private const string Remedy =
        "keep it in an operator (NewTerm, Frequency, Sequence, Suppress, Latest), or say .Volatile() after Query(…)";

    private static IMethodSymbol Definition(IMethodSymbol method) => (method.ReducedFrom ?? method).OriginalDefinition;

    private static SyntaxNode NameIn(SyntaxNode syntax) => syntax switch
    {
        InvocationExpressionSyntax call => NameIn(call.Expression),
        MemberAccessExpressionSyntax access => access.Name,
        MemberBindingExpressionSyntax binding => binding.Name,
        _ => syntax,
    };

    private sealed record Chain(SyntaxNode Syntax, bool IsVolatile, bool IsFleet);
}
