using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Streams.Scripting.Compiling;

/// <summary>
/// How deep a script may be nested. Each operator of <c>a + b + c</c>, each call of <c>a.B().C()</c> and each <c>else if</c> is a level.
/// The C# compiler and the runtime's own compiler recurse for each level, and a stack that overflows ends the process. The first checks
/// its stack in expressions and statements, but not in types, patterns and <c>#if</c>; the second never does.
/// </summary>
internal static partial class Nesting
{
    /// <summary>The most levels of a script.</summary>
    public const int MaxDepth = 1000;

    /// <summary>The most files that load each other in a row.</summary>
    public const int MaxLoads = 100;

    /// <summary>The stack of a thread that compiles a script: several times what the deepest script takes.</summary>
    public const int StackSize = 8 * 1024 * 1024;

    /// <summary>What to do about it.</summary>
    public const string Remedy = "split it: give parts of it to variables or functions of their own";

    /// <summary>What is wrong with it.</summary>
    public static string Message { get; } = $"nested more than {MaxDepth} levels deep";

    /// <summary>
    /// Where a text opens more brackets than may be open, has more <c>not</c> in a row, or a condition of <c>#if</c> with room for more
    /// levels; null when nowhere.
    /// For use before the text is parsed: brackets in strings and comments count as well.
    /// </summary>
    public static int? TooDeep(string text)
    {
        int brackets = 0, angles = 0;
        for (int i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '(' or '[' or '{': brackets++; break;
                case ')' or ']' or '}': brackets = Math.Max(0, brackets - 1); break;
                case '<': angles++; break;
                case '>': angles = Math.Max(0, angles - 1); break;
                case ';': angles = 0; break;
            }
            if (brackets > MaxDepth || angles > MaxDepth) return i;
        }
        return Unbracketed().Match(text) is { Success: true } deep ? deep.Groups["place"].Index : null;
    }

    /// <summary>The first node that lies too deep; null when none does. It does not recurse.</summary>
    public static SyntaxNode? TooDeep(SyntaxNode root)
    {
        Stack<(SyntaxNode Node, int Depth)> open = new([(root, 0)]);
        while (open.TryPop(out (SyntaxNode Node, int Depth) next))
        {
            int depth = next.Depth + Levels(next.Node);
            if (depth > MaxDepth) return next.Node;
            foreach (SyntaxNode child in next.Node.ChildNodes().Reverse()) open.Push((child, depth));
        }
        return null;
    }

    // int[][] is an array of arrays, and each clause of a query expression a function in the one before.
    private static int Levels(SyntaxNode node) => node switch
    {
        ArrayTypeSyntax array => array.RankSpecifiers.Count,
        QueryBodySyntax query => query.Clauses.Count + 1,
        _ => 1,
    };

    [GeneratedRegex(@"^[ \t]*(?<place>#)[ \t]*(el)?if\b[^\n]{1000}|(?<place>\bnot\s)(?>\s*not\s){1000}", RegexOptions.Multiline)]
    private static partial Regex Unbracketed();
}
