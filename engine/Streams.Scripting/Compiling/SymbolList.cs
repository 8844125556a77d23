using Microsoft.CodeAnalysis;

namespace Streams.Scripting.Compiling;

/// <summary>What a query may use: the allow-list of <c>allowed-symbols.txt</c>, which says itself how it is written.</summary>
internal sealed class SymbolList
{
    private readonly Dictionary<string, Reason> _reasons = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TypeEntry> _types = new(StringComparer.Ordinal);
    private readonly HashSet<string> _namespaces = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Reason> _refused = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Reason> _names = new(StringComparer.Ordinal);

    private SymbolList(TextReader text)
    {
        TypeEntry? type = null;
        int number = 0;
        for (string? line = text.ReadLine(); line is not null; line = text.ReadLine())
        {
            number++;
            string content = line.Split('#')[0];
            string[] words = content.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0) continue;
            bool ok = char.IsWhiteSpace(line[0]) ? type is not null && AddMembers(type, words) : AddLine(content, words, ref type);
            if (!ok) throw new InvalidDataException($"allowed-symbols.txt({number}): not understood: {line}");
        }
    }

    /// <summary>The list that this build carries.</summary>
    public static SymbolList Default { get; } = Load();

    public Reason Named(string reason) => _reasons[reason];

    /// <summary>Why a name that no using makes known is refused; null when it is just unknown.</summary>
    public Reason? ReasonForName(string name) => _names.GetValueOrDefault(name);

    /// <summary>Why a type is refused; null when it is on the list.</summary>
    public Reason? Refuses(INamedTypeSymbol type)
    {
        string name = NameOf(type);
        if (Entry(type) is not null) return null;
        for (string part = name; part.Length > 0; part = part[..Math.Max(0, part.LastIndexOf('.'))])
        {
            if (_refused.TryGetValue(part, out Reason? reason)) return reason;
        }
        return _namespaces.Contains(type.ContainingNamespace.ToDisplayString()) ? null : Named("unlisted");
    }

    /// <summary>Why a member is refused; null when it is on the list.</summary>
    public Reason? Refuses(ISymbol member)
    {
        if (Find(member) is { } entry) return entry.Refused;
        if (Entry(member.ContainingType) is not { } type) return Refuses(member.ContainingType);
        return type.All || member is IFieldSymbol { ContainingType.TypeKind: TypeKind.Enum } ? null : Named("unlisted");
    }

    /// <summary>Whether a member keeps state that is not saved.</summary>
    public bool KeepsState(ISymbol member) => Find(member)?.KeepsState ?? false;

    /// <summary>Whether a member changes the object that it is called on.</summary>
    public bool Changes(ISymbol member) => Entry(member.ContainingType) is { Changes: true } && Find(member) is not { Reads: true };

    /// <summary>Whether a method returns an object that nothing else holds.</summary>
    public bool IsFresh(ISymbol member) => Find(member)?.Fresh ?? false;

    /// <summary>The type parameters of an operator whose values are in its state.</summary>
    public IReadOnlyList<string> Kept(ISymbol member) => Find(member)?.Kept ?? [];

    private MemberEntry? Find(ISymbol member)
    {
        if (Entry(member.ContainingType) is not { } type) return null;
        string name = member is IMethodSymbol { MethodKind: MethodKind.Constructor } ? "new"
            : member is IPropertySymbol { IsIndexer: true } ? "this" : member.Name;
        if (type.Members.Count == 0) return null;
        if (member is IMethodSymbol { Parameters: var parameters })
        {
            string types = string.Join(
                ',', parameters.Select(p => p.Type.ToDisplayString(ParameterFormat).Replace(" ", "", StringComparison.Ordinal)));
            if (type.Members.TryGetValue($"{name}({types})", out MemberEntry? overload)) return overload;
        }
        return type.Members.GetValueOrDefault(name);
    }

    private TypeEntry? Entry(INamedTypeSymbol? type)
    {
        for (; type is not null; type = type.ContainingType)
        {
            if (_types.TryGetValue(NameOf(type), out TypeEntry? entry)) return entry;
        }
        return null;
    }

    private static string NameOf(INamedTypeSymbol type) => type.OriginalDefinition.ToDisplayString(TypeFormat);

    private bool AddLine(string line, string[] words, ref TypeEntry? type)
    {
        type = null;
        switch (words)
        {
            case ["reason", var id, ..] when line.Split('|') is [_, var what, var remedy]:
                _reasons.Add(id, new Reason(what.Trim(), remedy.Trim()));
                return true;
            case ["type" or "only", var name, .. var flags] when flags is [] or ["changes"]:
                type = new TypeEntry { All = words[0] == "type", Changes = flags.Length > 0 };
                return _types.TryAdd(name, type);
            case ["types", .. var names]:
                return names.All(name => _types.TryAdd(name, new TypeEntry { All = true }));
            case ["namespace", var name]:
                return _namespaces.Add(name);
            case ["refuse", var id, .. var names] when _reasons.TryGetValue(id, out Reason? reason):
                return names.All(name => _refused.TryAdd(name, reason));
            case ["name", var id, .. var names] when _reasons.TryGetValue(id, out Reason? reason):
                return names.All(name => _names.TryAdd(name, reason));
            default:
                return false;
        }
    }

    private bool AddMembers(TypeEntry type, string[] words)
    {
        Reason? reason = null;
        if (words is ["refuse", var id, ..] && !_reasons.TryGetValue(id, out reason)) return false;
        foreach (string name in words.Skip(words[0] is "refuse" or "keeps" ? 2 : 1))
        {
            if (!type.Members.TryGetValue(name, out MemberEntry? member)) type.Members.Add(name, member = new MemberEntry());
            switch (words[0])
            {
                case "allow": break;
                case "refuse": member.Refused = reason; break;
                case "state": member.KeepsState = true; break;
                case "reads": member.Reads = true; break;
                case "fresh": member.Fresh = true; break;
                case "keeps": member.Kept = words[1].Split(','); break;
                default: return false;
            }
        }
        return true;
    }

    private static SymbolList Load()
    {
        using StreamReader text = new(typeof(SymbolList).Assembly.GetManifestResourceStream("allowed-symbols.txt")!);
        return new SymbolList(text);
    }

    private static readonly SymbolDisplayFormat TypeFormat =
        new(SymbolDisplayGlobalNamespaceStyle.Omitted, SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces);

    private static readonly SymbolDisplayFormat ParameterFormat = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameOnly,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes);

    private sealed class TypeEntry
    {
        public bool All;
        public bool Changes;
        public readonly Dictionary<string, MemberEntry> Members = new(StringComparer.Ordinal);
    }

    private sealed class MemberEntry
    {
        public Reason? Refused;
        public bool KeepsState;
        public bool Reads;
        public bool Fresh;
        public string[] Kept = [];
    }
}

/// <summary>Why something is refused, and what to do instead.</summary>
internal sealed record Reason(string What, string Remedy);
