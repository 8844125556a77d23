using System.Reflection;
using Streams.Engine;
using Xunit;

namespace Streams.Scripting.Tests;

/// <summary>The allow-list against what there is.</summary>
public sealed class SymbolListTests
{
    private static readonly string[] Lines = Read();

    // Operators of Streams take a name first; an operator that is not entered could keep what cannot be saved.
    public static TheoryData<string, string> NamedOperators
    {
        get
        {
            TheoryData<string, string> operators = [];
            foreach (MethodInfo method in typeof(QueryScript).Assembly.GetExportedTypes()
                .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static)))
            {
                ParameterInfo[] parameters = method.GetParameters();
                string[] keys =
                    [.. method.GetGenericArguments().Select(argument => argument.Name).Where(name => name is not ("T" or "TOut"))];
                if (keys.Length > 0 && parameters.Length > 1 && parameters[1].Name == "name")
                    operators.Add(method.Name, string.Join(',', keys));
            }
            return operators;
        }
    }

    [Theory]
    [MemberData(nameof(NamedOperators))]
    public void Each_operator_of_Streams_says_what_its_state_keeps(string method, string parameters)
    {
        Assert.Contains(Lines, line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["keeps", var kept, .. var methods]
            && methods.Contains(method) && parameters.Split(',').All(kept.Split(',').Contains));
    }

    [Fact]
    public void Each_operator_of_Rx_is_judged()
    {
        string[] judged =
        [
            .. Lines.Where(line => line.StartsWith("  ", StringComparison.Ordinal))
                .SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
        ];
        IEnumerable<string> operators = typeof(System.Reactive.Linq.Observable)
            .GetMethods(BindingFlags.Public | BindingFlags.Static).Select(method => method.Name).Distinct();
        Assert.Empty(operators.Except(judged));
    }

    [Fact]
    public void Each_type_on_the_list_exists()
    {
        HashSet<string> known = [];
        foreach (Assembly assembly in Compiling.References.Assemblies)
        {
            foreach (Type type in assembly.GetExportedTypes()) known.Add(Plain(type));
        }
        IEnumerable<string> listed = Lines.Select(line => line.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .SelectMany(words => words switch
            {
                ["type" or "only", var name, ..] => [name],
                ["types", .. var names] => names,
                _ => Array.Empty<string>(),
            });
        Assert.Empty(listed.Except(known));
    }

    private static string Plain(Type type) => string.Join('.', type.FullName!.Split('.', '+').Select(part => part.Split('`')[0]));

    private static string[] Read()
    {
        using StreamReader text = new(typeof(ScriptLoader).Assembly.GetManifestResourceStream("allowed-symbols.txt")!);
        return text.ReadToEnd().Split('\n');
    }
}
