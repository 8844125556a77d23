using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace Streams.Scripting.Compiling;

/// <summary>
/// Holds every symbol that a script binds, written or implied, against the allow-list. It guards against mistakes; who may write to
/// the queries folder has the rights of the engine anyway.
/// </summary>
internal sealed partial class SymbolCheck(CSharpCompilation compilation, Func<string, string> show)
{
    private static readonly SymbolList List = SymbolList.Default;

    private readonly List<ScriptError> _errors = [];
    private readonly List<ScriptError> _doubts = [];

    /// <summary>What is probably misspelt; the files relative to the queries folder.</summary>
    public IReadOnlyList<ScriptError> Doubts => _doubts;

    public IReadOnlyList<ScriptError> Run()
    {
        List<(SemanticModel Model, IReadOnlyList<IOperation> Roots)> parts = [];
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
        {
            SemanticModel model = compilation.GetSemanticModel(tree);
            SyntaxNode root = tree.GetRoot();
            CheckTree(root, model);
            IReadOnlyList<IOperation> roots = Roots(root, model);
            foreach (IOperation operation in roots) CheckOperations(operation);
            parts.Add((model, roots));
        }

        new StateCheck(parts, Refuse).Run();
        return _errors;
    }

    // The walks over a script keep what they have yet to visit on a stack of their own: a script may be nested deeply.
    private static List<IOperation> Roots(SyntaxNode root, SemanticModel model)
    {
        List<IOperation> roots = [];
        Stack<SyntaxNode> open = new([root]);
        while (open.TryPop(out SyntaxNode? node))
        {
            if (model.GetOperation(node) is { Parent: null } operation)
            {
                roots.Add(operation);
                continue;
            }
            foreach (SyntaxNode child in node.ChildNodes().Reverse()) open.Push(child);
        }
        return roots;
    }

    private void CheckTree(SyntaxNode root, SemanticModel model)
    {
        Stack<SyntaxNode> open = new([root]);
        while (open.TryPop(out SyntaxNode? node))
        {
            if (node is UsingDirectiveSyntax) continue;
            if (node is InvocationExpressionSyntax && model.GetOperation(node) is INameOfOperation) continue;
            CheckSyntax(node, model);
            foreach (SyntaxNode child in node.ChildNodes().Reverse()) open.Push(child);
        }
    }

    private void CheckSyntax(SyntaxNode node, SemanticModel model)
    {
        switch (node)
        {
            case AwaitExpressionSyntax:
                Refuse(node, "await", List.Named("threads"));
                break;
            case DestructorDeclarationSyntax:
                Refuse(node, "a finalizer", List.Named("threads"));
                break;
            case MakeRefExpressionSyntax or RefValueExpressionSyntax or RefTypeExpressionSyntax:
            case PointerTypeSyntax or FunctionPointerTypeSyntax or UnsafeStatementSyntax or FixedStatementSyntax:
                Refuse(node, "unsafe code", List.Named("unsafe"));
                break;
            case SimpleNameSyntax { IsVar: false } name:
                CheckName(name, model.GetSymbolInfo(name));
                break;
            case PredefinedTypeSyntax:
            case ThisExpressionSyntax:
                break;
            case FieldDeclarationSyntax or EventFieldDeclarationSyntax or PropertyDeclarationSyntax or ConstructorDeclarationSyntax:
                CheckStatic(node, model);
                break;
            case ForEachStatementSyntax or ForEachVariableStatementSyntax:
                ForEachStatementInfo loop = model.GetForEachStatementInfo((CommonForEachStatementSyntax)node);
                CheckSymbol(((CommonForEachStatementSyntax)node).Expression, loop.GetEnumeratorMethod);
                CheckSymbol(((CommonForEachStatementSyntax)node).Expression, loop.ElementConversion.MethodSymbol);
                break;
            case AssignmentExpressionSyntax { Left: TupleExpressionSyntax or DeclarationExpressionSyntax } assignment:
                CheckDeconstruction(node, model.GetDeconstructionInfo(assignment));
                break;
        }

        foreach (SyntaxToken token in node.ChildTokens())
        {
            if (token.IsKind(SyntaxKind.AsyncKeyword)) Refuse(token.GetLocation(), "async", List.Named("threads"));
            if (token.IsKind(SyntaxKind.ExternKeyword) && node is not ExternAliasDirectiveSyntax)
                Refuse(token.GetLocation(), "extern", List.Named("unsafe"));
            if (token.IsKind(SyntaxKind.UnsafeKeyword)) Refuse(token.GetLocation(), "unsafe", List.Named("unsafe"));
        }
    }

    private void CheckName(SimpleNameSyntax name, SymbolInfo info)
    {
        if (info.Symbol is { } symbol) CheckSymbol(name, symbol);
        else if (info.CandidateSymbols is [var candidate]) CheckSymbol(name, candidate);
    }

    // What is shared by all hosts and shards cannot be part of what one of them computes.
    private void CheckStatic(SyntaxNode node, SemanticModel model)
    {
        IEnumerable<SyntaxNode> declared = node is BaseFieldDeclarationSyntax fields ? fields.Declaration.Variables : [node];
        foreach (SyntaxNode one in declared)
        {
            ISymbol? symbol = model.GetDeclaredSymbol(one);
            bool isState = symbol switch
            {
                IFieldSymbol field => field is { IsStatic: true, IsConst: false },
                IEventSymbol @event => @event.IsStatic,
                IPropertySymbol { IsStatic: true } property => property.ContainingType.GetMembers().OfType<IFieldSymbol>()
                    .Any(f => SymbolEqualityComparer.Default.Equals(f.AssociatedSymbol, property)),
                IMethodSymbol method => method.MethodKind == MethodKind.StaticConstructor,
                _ => false,
            };
            if (symbol is null || !isState) continue;
            string what = one is ConstructorDeclarationSyntax ? "a static constructor" : $"static {symbol.Name}";
            Refuse(symbol.Locations[0], what, List.Named("static"));
        }
    }

    private void CheckDeconstruction(SyntaxNode node, DeconstructionInfo info)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        CheckSymbol(node, info.Method);
        CheckSymbol(node, info.Conversion?.MethodSymbol);
        foreach (DeconstructionInfo nested in info.Nested) CheckDeconstruction(node, nested);
    }

    private void CheckOperations(IOperation root)
    {
        Stack<IOperation> open = new([root]);
        while (open.TryPop(out IOperation? operation))
        {
            if (operation is INameOfOperation) continue;
            CheckOperation(operation);
            foreach (IOperation child in operation.ChildOperations.Reverse()) open.Push(child);
        }
    }

    private void CheckOperation(IOperation operation)
    {
        SyntaxNode syntax = operation.Syntax;
        switch (operation)
        {
            case IInvocationOperation call:
                CheckSymbol(NameIn(syntax), call.TargetMethod);
                CheckCall(NameIn(syntax), call);
                break;
            case IMethodReferenceOperation { Method: var method }:
                CheckSymbol(NameIn(syntax), method);
                CheckTimes(NameIn(syntax), method);
                break;
            case IObjectCreationOperation creation:
                CheckSymbol(syntax, creation.Constructor);
                CheckRegex(syntax, creation.Constructor, creation.Arguments);
                break;
            case IMemberReferenceOperation reference: CheckSymbol(NameIn(syntax), reference.Member); break;
            case IConversionOperation conversion: CheckSymbol(syntax, conversion.OperatorMethod); break;
            case IBinaryOperation binary:
                CheckSymbol(syntax, binary.OperatorMethod);
                CheckIdentity(binary);
                break;
            case IInterpolationOperation text:
                CheckText(text.Expression);
                CheckFormat(text);
                break;
            case IUnaryOperation unary: CheckSymbol(syntax, unary.OperatorMethod); break;
            case IIncrementOrDecrementOperation increment: CheckSymbol(syntax, increment.OperatorMethod); break;
            case ICompoundAssignmentOperation compound: CheckSymbol(syntax, compound.OperatorMethod); break;
            case IRecursivePatternOperation pattern: CheckSymbol(syntax, pattern.DeconstructSymbol); break;
            case IListPatternOperation pattern:
                CheckSymbol(syntax, pattern.LengthSymbol);
                CheckSymbol(syntax, pattern.IndexerSymbol);
                break;
            case ISlicePatternOperation pattern: CheckSymbol(syntax, pattern.SliceSymbol); break;
            case IImplicitIndexerReferenceOperation indexer:
                CheckSymbol(syntax, indexer.LengthSymbol);
                CheckSymbol(syntax, indexer.IndexerSymbol);
                break;
            case ICollectionExpressionOperation collection: CheckSymbol(syntax, collection.ConstructMethod); break;
            case IWithOperation with: CheckSymbol(syntax, with.CloneMethod); break;
            case IDynamicInvocationOperation or IDynamicIndexerAccessOperation:
            case IDynamicMemberReferenceOperation or IDynamicObjectCreationOperation:
                Refuse(syntax, "dynamic", List.Named("reflection"));
                break;
            case IFunctionPointerInvocationOperation or IAddressOfOperation:
                Refuse(syntax, "a pointer", List.Named("unsafe"));
                break;
        }
    }

    private void CheckCall(SyntaxNode syntax, IInvocationOperation call)
    {
        IMethodSymbol method = call.TargetMethod;
        CheckTimes(syntax, method);
        CheckRegex(syntax, method, call.Arguments);
        CheckFormat(syntax, call);
        if (QueryStringCheck.Mistake(call) is var (place, mistake)) Refuse(place, $"query string: {mistake.Problem}", mistake.Remedy);
        else Doubt(call);
        IReadOnlyList<string> kept = List.Kept(Definition(method));
        if (kept.Count == 0) return;
        foreach ((ITypeParameterSymbol parameter, ITypeSymbol type) in method.OriginalDefinition.TypeParameters.Zip(method.TypeArguments))
        {
            if (kept.Contains(parameter.Name)) CheckKept(syntax, method, type);
        }
        // A value that is only known as an object is kept as well: what counts is what the function returns before it becomes one.
        foreach (IArgumentOperation argument in call.Arguments)
        {
            if (argument.Parameter?.Type is not INamedTypeSymbol { DelegateInvokeMethod.ReturnType: var returned }) continue;
            if (returned.SpecialType != SpecialType.System_Object) continue;
            foreach (IReturnOperation result in argument.Value.Descendants().OfType<IReturnOperation>())
            {
                IOperation? value = result.ReturnedValue;
                while (value is IConversionOperation { OperatorMethod: null } conversion) value = conversion.Operand;
                if (value?.Type is { } type) CheckKept(value.Syntax, method, type);
            }
        }
    }

    private void CheckKept(SyntaxNode syntax, IMethodSymbol method, ITypeSymbol type)
    {
        if (SavedTypes.Unsaved(type) is not { } unsaved) return;
        string name = unsaved.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
        Refuse(syntax.GetLocation(), $"{method.Name} would keep {name} in its state, which cannot be saved",
            "make it of numbers, strings, addresses, times, events and tuples of them");
    }

    // Without a scheduler these take the system's clock and its timer threads.
    private void CheckTimes(SyntaxNode syntax, IMethodSymbol method)
    {
        string type = method.ContainingType.ToDisplayString();
        if (type is not "System.Reactive.Linq.Observable" and not "System.Reactive.Linq.ObservableEx") return;
        IMethodSymbol definition = (method.ReducedFrom ?? method).OriginalDefinition;
        bool hasTime = definition.Parameters.Any(p => Mentions(p.Type, "TimeSpan") || Mentions(p.Type, "DateTimeOffset"))
            || definition.Name is "Timestamp" or "TimeInterval";
        if (hasTime && !definition.Parameters.Any(p => p.Type.Name == "IScheduler"))
            Refuse(syntax, Display(definition), List.Named("real-time"));
        if (definition.Parameters.Any(p => Mentions(p.Type, "Task")))
            Refuse(syntax, $"{Display(definition)} of tasks", List.Named("threads"));
    }

    private static bool Mentions(ITypeSymbol type, string name)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return type.Name == name && type.ContainingNamespace?.ToDisplayString().StartsWith("System", StringComparison.Ordinal) == true
            || type is INamedTypeSymbol named && named.TypeArguments.Any(argument => Mentions(argument, name));
    }

    // A backtracking match can take for ever on a text that an attacker chose, and a time limit would be a clock.
    private void CheckRegex(SyntaxNode syntax, IMethodSymbol? method, IEnumerable<IArgumentOperation> arguments)
    {
        if (method?.ContainingType.ToDisplayString() != "System.Text.RegularExpressions.Regex") return;
        bool takesPattern = method.Parameters.Any(p => p.Name == "pattern");
        const int NonBacktracking = 1024;
        bool linear = arguments.Any(a => a.Parameter?.Type.Name == "RegexOptions"
            && a.Value.ConstantValue is { HasValue: true, Value: int value } && (value & NonBacktracking) != 0);
        if (method.Parameters.Any(p => p.Type.Name == nameof(TimeSpan)) || takesPattern && !linear)
            Refuse(syntax, Display(method), List.Named("regex"));
    }

    private void CheckSymbol(SyntaxNode syntax, ISymbol? symbol)
    {
        symbol = Definition(symbol);
        switch (symbol)
        {
            case null or INamespaceSymbol or ITypeParameterSymbol:
            case ILocalSymbol or IParameterSymbol or IRangeVariableSymbol or ILabelSymbol or IDiscardSymbol:
            case IMethodSymbol { MethodKind: MethodKind.BuiltinOperator or MethodKind.DelegateInvoke }:
            case IMethodSymbol { MethodKind: MethodKind.LocalFunction or MethodKind.AnonymousFunction }:
                return;
            case ITypeSymbol type:
                CheckType(syntax, type);
                return;
        }
        if (symbol is IMethodSymbol { Name: nameof(GetHashCode) })
        {
            Refuse(syntax, Display(symbol), List.Named("hash"));
            return;
        }
        if (IsOwn(symbol) || symbol.ContainingType is null or { IsTupleType: true } or { IsAnonymousType: true }) return;
        if (List.Refuses(symbol) is { } reason) Refuse(syntax, Display(symbol), reason);
    }

    private void CheckType(SyntaxNode syntax, ITypeSymbol type)
    {
        switch (type)
        {
            case IDynamicTypeSymbol: Refuse(syntax, "dynamic", List.Named("reflection")); break;
            case IPointerTypeSymbol or IFunctionPointerTypeSymbol: Refuse(syntax, "a pointer", List.Named("unsafe")); break;
            case INamedTypeSymbol { IsTupleType: false, IsAnonymousType: false } named
                when !IsOwn(named) && List.Refuses(named) is { } reason:
                Refuse(syntax, named.Name, reason);
                break;
        }
    }

    private bool IsOwn(ISymbol symbol) => SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, compilation.Assembly);

    [return: NotNullIfNotNull(nameof(symbol))]
    private static ISymbol? Definition(ISymbol? symbol) => symbol switch
    {
        IAliasSymbol alias => Definition(alias.Target),
        IMethodSymbol { ReducedFrom: { } full } => full.OriginalDefinition,
        IMethodSymbol { AssociatedSymbol: { } member } => member.OriginalDefinition,
        _ => symbol?.OriginalDefinition,
    };

    private static SyntaxNode NameIn(SyntaxNode syntax) => syntax switch
    {
        InvocationExpressionSyntax call => NameIn(call.Expression),
        MemberAccessExpressionSyntax access => access.Name,
        MemberBindingExpressionSyntax binding => binding.Name,
        _ => syntax,
    };

    private static string Display(ISymbol symbol) =>
        symbol is IMethodSymbol { MethodKind: MethodKind.Constructor } ? $"new {symbol.ContainingType.Name}"
        : symbol is IPropertySymbol { IsIndexer: true } ? $"{symbol.ContainingType.Name}[…]"
        : symbol.ContainingType is null ? symbol.Name
        : $"{symbol.ContainingType.Name}.{symbol.Name}";

    private void Doubt(IInvocationOperation call)
    {
        foreach ((Location location, string name, string meant) in QueryStringCheck.Doubts(call))
        {
            FileLinePositionSpan span = location.GetLineSpan();
            LinePosition start = span.StartLinePosition;
            _doubts.Add(new ScriptError(
                span.Path, start.Line + 1, start.Character + 1,
                $"nothing is called {name}, so this never matches", $"did you mean {meant}?"));
        }
    }

    private void Refuse(SyntaxNode syntax, string what, Reason reason) => Refuse(syntax.GetLocation(), what, reason);

    private void Refuse(Location location, string what, Reason reason) => Refuse(location, $"{what} {reason.What}", reason.Remedy);

    private void Refuse(Location location, string message, string remedy)
    {
        FileLinePositionSpan span = location.GetLineSpan();
        _errors.Add(new ScriptError(
            show(span.Path), span.StartLinePosition.Line + 1, span.StartLinePosition.Character + 1, message, remedy));
    }
}
