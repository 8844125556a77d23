using System.Text;
using System.Text.RegularExpressions;

namespace Streams.Files.Watching;

/// <summary>
/// A name with wildcards, as glob(7) has them: <c>*</c>, <c>?</c>, <c>[abc]</c>, <c>[a-z]</c>, <c>[!a-z]</c>. A <c>]</c> that comes first
/// in brackets stands for itself, and so does a <c>[</c> in brackets.
/// </summary>
internal static class NamePattern
{
    private const string Self = "; for the character itself write [[]";

    /// <summary>The regular expression of a name.</summary>
    /// <exception cref="FormatException"><see cref="FindFault"/> has found something.</exception>
    public static Regex Compile(string name)
    {
        if (FindFault(name) is { } fault) throw new FormatException($"\"{name}\" {fault}");
        var text = new StringBuilder(@"\A");
        for (int i = 0; i < name.Length; i++)
        {
            if (name[i] == '[')
            {
                Brackets brackets = Brackets.Read(name, i);
                text.Append(brackets.IsNot ? "[^" : "[");
                foreach (char c in brackets.Set) text.Append(c is '\\' or '[' or ']' or '^' ? $@"\{c}" : $"{c}");
                text.Append(']');
                i = brackets.End;
            }
            else
            {
                text.Append(name[i] switch { '*' => ".*", '?' => ".", var c => Regex.Escape($"{c}") });
            }
        }

        const RegexOptions options = RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.CultureInvariant;
        return new Regex(text.Append(@"\z").ToString(), options);
    }

    /// <summary>What is wrong with a name and what to do, to be put behind it; null for nothing.</summary>
    public static string? FindFault(string name)
    {
        for (int i = 0; i < name.Length; i++)
        {
            if (name[i] != '[') continue;
            Brackets brackets = Brackets.Read(name, i);
            if (brackets.End < 0) return $"has a [ that is not closed{Self}";
            if (brackets.Set.Contains("[:", StringComparison.Ordinal))
                return "names a class of characters, such as [:alpha:], which is not known; write a range: [a-z]";
            for (int at = 1; at < brackets.Set.Length - 1; at++)
            {
                if (brackets.Set[at] != '-') continue;
                if (brackets.Set[at - 1] > brackets.Set[at + 1])
                    return $"has a range that ends before it begins: {brackets.Set[(at - 1)..(at + 2)]}{Self}";
                at += 2;
            }

            i = brackets.End;
        }

        return null;
    }

    // What stands between brackets, and where they end; below 0 when they do not.
    private readonly record struct Brackets(string Set, bool IsNot, int End)
    {
        public static Brackets Read(string name, int at)
        {
            bool isNot = at + 1 < name.Length && name[at + 1] is '!' or '^';
            int first = at + (isNot ? 2 : 1);
            int end = first + 1 < name.Length ? name.IndexOf(']', first + 1) : -1;
            return new Brackets(end < 0 ? "" : name[first..end], isNot, end);
        }
    }
}
