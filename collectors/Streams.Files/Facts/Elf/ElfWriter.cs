using System.Text.Json;
using System.Text.RegularExpressions;

namespace Streams.Files.Facts.Elf;

/// <summary>Writes those facts of an executable that are wanted, as <c>file.elf</c>.</summary>
internal sealed class ElfWriter
{
    private const int MaxImports = 1000;

    private readonly HashSet<string> _names;
    private readonly Regex[] _expressions;

    /// <summary>Makes a writer.</summary>
    /// <param name="wanted">Field names, or regular expressions between slashes.</param>
    /// <exception cref="ArgumentException">A regular expression cannot be read.</exception>
    public ElfWriter(IReadOnlyList<string> wanted)
    {
        _names = wanted.Where(name => !IsExpression(name)).ToHashSet(StringComparer.Ordinal);
        _expressions =
        [
            .. wanted.Where(IsExpression)
                .Select(name => new Regex(name[1..^1], RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)),
        ];
    }

    /// <summary>Writes the object with its name.</summary>
    public void Write(Utf8JsonWriter json, ElfFacts elf)
    {
        json.WriteStartObject("elf");
        if (IsWanted("file.elf.sections")) WriteSections(json, elf);
        if (elf.ImportHash is not null && IsWanted("file.elf.import_hash")) json.WriteString("import_hash", elf.ImportHash);
        if (elf.Imports.Count > 0 && IsWanted("file.elf.imports"))
        {
            json.WriteStartArray("imports");
            foreach (string name in elf.Imports.Take(MaxImports)) json.WriteStringValue(name);
            json.WriteEndArray();
        }

        if (elf.Imports.Count > 0 && IsWanted("file.elf.imports_names_entropy"))
            json.WriteNumber("imports_names_entropy", Math.Round(elf.ImportsEntropy, 4));
        if (elf.IsGo && IsWanted("file.elf.go_stripped")) json.WriteBoolean("go_stripped", elf.IsStripped);
        if (IsWanted("file.elf.stripped")) json.WriteBoolean("stripped", elf.IsStripped);
        json.WriteEndObject();
    }

    private static void WriteSections(Utf8JsonWriter json, ElfFacts elf)
    {
        json.WriteStartArray("sections");
        foreach (ElfSection section in elf.Sections)
        {
            json.WriteStartObject();
            json.WriteString("name", section.Name);
            json.WriteString("type", section.Type);
            json.WriteNumber("physical_size", section.PhysicalSize);
            json.WriteNumber("virtual_size", section.VirtualSize);
            json.WriteNumber("entropy", Math.Round(section.Entropy, 4));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private bool IsWanted(string name) => _names.Contains(name) || Array.Exists(_expressions, expression => expression.IsMatch(name));

    private static bool IsExpression(string name) => name is ['/', _, .., '/'];
}
