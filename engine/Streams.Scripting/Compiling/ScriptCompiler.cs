using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;
using Streams.Engine;
using Streams.Events;

namespace Streams.Scripting.Compiling;

/// <summary>Compiles scripts, each on its own, and refuses what a query may not do.</summary>
internal sealed class ScriptCompiler(ScriptFolder folder)
{
    /// <summary>More errors than this of one script tell nothing new.</summary>
    private const int MaxErrors = 20;

    private static readonly string[] Usings =
    [
        "System", "System.Collections.Generic", "System.Linq", "System.Reactive", "System.Reactive.Linq", "System.Net",
        "System.Text", "System.Text.RegularExpressions", "Streams.Events", "Streams.Events.Tables", "Streams.Engine",
    ];

    private static readonly CSharpParseOptions ParseOptions =
        new(LanguageVersion.Latest, DocumentationMode.None, SourceCodeKind.Script);

    // A stack that overflows ends the process; with the check that the compiler puts into each function, endless recursion throws
    // InsufficientExecutionStackException, which is a fault like any other.
    private static readonly EmitOptions Emission = new(
        debugInformationFormat: DebugInformationFormat.PortablePdb,
        instrumentationKinds: [InstrumentationKind.StackOverflowProbing]);

    /// <summary>Compiles one script.</summary>
    /// <returns>The script, or null when <paramref name="errors"/> says what is wrong with it.</returns>
    public CompiledScript? Compile(string name, byte[] text, List<ScriptError> errors)
    {
        try
        {
            return CompileUnguarded(name, text, errors);
        }
        catch (InsufficientExecutionStackException)
        {
            // The compiler reports most of what is too deep for its stack as an error at its place (CS8078), but not all.
            errors.Add(new ScriptError(
                folder.Show(name), 0, 0, "an expression or a type is nested too deep for the compiler", Nesting.Remedy));
            return null;
        }
    }

    private CompiledScript? CompileUnguarded(string name, byte[] text, List<ScriptError> errors)
    {
        LoadResolver resolver = new(folder);
        CSharpCompilationOptions options = new(
            OutputKind.DynamicallyLinkedLibrary,
            scriptClassName: ScriptLoader.EntryType,
            usings: Usings,
            optimizationLevel: OptimizationLevel.Release,
            sourceReferenceResolver: resolver,
            concurrentBuild: false,
            deterministic: true,
            nullableContextOptions: NullableContextOptions.Enable);
        SourceText source = Source(text);
        if (Nesting.TooDeep(source.ToString()) is { } place)
        {
            LinePosition at = source.Lines.GetLinePosition(place);
            errors.Add(new ScriptError(folder.Show(name), at.Line + 1, at.Character + 1, $"this is {Nesting.Message}", Nesting.Remedy));
            return null;
        }

        SyntaxTree tree = CSharpSyntaxTree.ParseText(source, ParseOptions, name);
        CSharpCompilation compilation = CSharpCompilation.CreateScriptCompilation(
            $"query {Path.GetFileNameWithoutExtension(name)}", tree, References.All, options, globalsType: typeof(QueryScript));

        List<ScriptError> faults = [];
        using MemoryStream assembly = new();
        using MemoryStream symbols = new();
        foreach (SyntaxTree part in compilation.SyntaxTrees)
        {
            faults.AddRange(Directives(part, resolver));
            if (Nesting.TooDeep(part.GetRoot()) is { } deep)
                faults.Add(Locate(deep.GetLocation(), $"this is {Nesting.Message}", Nesting.Remedy));
        }
        if (faults.Count == 0)
        {
            EmitResult result = compilation.Emit(assembly, symbols, options: Emission);
            faults.AddRange(result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => Explain(d, compilation)));
        }
        SymbolCheck check = new(compilation, folder.Show);
        if (faults.Count == 0) faults.AddRange(check.Run());
        if (faults.Count > 0)
        {
            errors.AddRange(faults.Distinct()
                .OrderBy(f => f.File, StringComparer.Ordinal).ThenBy(f => f.Line).ThenBy(f => f.Column)
                .Take(MaxErrors));
            return null;
        }

        ScriptInput self = new(name, ScriptFolder.Hash(text));
        return new CompiledScript(name, [self, .. resolver.Loaded], assembly.ToArray(), symbols.ToArray(), check.Doubts);
    }

    public static SourceText Source(byte[] text) => SourceText.From(text, text.Length, Encoding.UTF8, SourceHashAlgorithm.Sha256);

    private IEnumerable<ScriptError> Directives(SyntaxTree tree, LoadResolver resolver)
    {
        foreach (DirectiveTriviaSyntax directive in tree.GetRoot().DescendantNodes(descendIntoTrivia: true).OfType<DirectiveTriviaSyntax>())
        {
            switch (directive)
            {
                case ReferenceDirectiveTriviaSyntax:
                    yield return Locate(
                        directive.GetLocation(), "#r is not available: a query uses what Streams gives it", "remove the line");
                    break;
                case LoadDirectiveTriviaSyntax load when resolver.Fault(load.File.ValueText, tree.FilePath) is { } fault:
                    yield return Locate(load.File.GetLocation(), fault.Message, fault.Remedy);
                    break;
            }
        }
    }

    private ScriptError Explain(Diagnostic diagnostic, CSharpCompilation compilation)
    {
        string? remedy = null;
        if (diagnostic.Id is "CS0103" or "CS0246" or "CS0234" or "CS1061" or "CS0117" && diagnostic.Location.SourceTree is { } tree)
        {
            SyntaxNode node = tree.GetRoot().FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            string name = node is SimpleNameSyntax simple ? simple.Identifier.ValueText : node.ToString();
            remedy = SymbolList.Default.ReasonForName(name)?.Remedy ?? Suggest(node, name, compilation.GetSemanticModel(tree));
        }
        // Of a member that is not there the compiler goes on about extension methods and assemblies, which are no way out in a script.
        string message = diagnostic.GetMessage(CultureInfo.InvariantCulture).Split(" and no accessible extension method", 2)[0];
        return Locate(diagnostic.Location, $"{message} ({diagnostic.Id})", remedy);
    }

    // What could have been meant at this place.
    private static string? Suggest(SyntaxNode node, string name, SemanticModel model)
    {
        ITypeSymbol? container = node.Parent is MemberAccessExpressionSyntax access && access.Name == node
            ? model.GetTypeInfo(access.Expression).Type ?? model.GetSymbolInfo(access.Expression).Symbol as ITypeSymbol
            : null;
        IEnumerable<string> known = model
            .LookupSymbols(node.SpanStart, container, includeReducedExtensionMethods: container is not null)
            .Where(symbol => symbol.CanBeReferencedByName).Select(symbol => symbol.Name).Distinct().Order(StringComparer.Ordinal);
        return Nearest.To(name, known) is { } meant ? $"did you mean {meant}?" : null;
    }

    private ScriptError Locate(Location location, string message, string? remedy)
    {
        FileLinePositionSpan span = location.GetLineSpan();
        return new ScriptError(
            folder.Show(span.Path), span.StartLinePosition.Line + 1, span.StartLinePosition.Character + 1, message, remedy);
    }
}
