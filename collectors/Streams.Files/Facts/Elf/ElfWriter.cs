using System.Text.Json;
using System.Text.RegularExpressions;

namespace Streams.Files.Facts.Elf;

/// <summary>Writes those facts of an executable that are wanted, as <c>file.elf</c>.</summary>
internal sealed class ElfWriter
{
    private static readonly string[] OfSections = ["name", "type", "physical_size", "virtual_size", "entropy", "var_entropy"];

    private readonly HashSet<string> _names;
    private readonly Regex[] _expressions;
    private readonly HashSet<string> _ofSections;

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
        _ofSections = [.. OfSections.Where(name => IsWanted("sections") || IsWanted($"sections.{name}"))];
    }

    /// <summary>The names of all fields that there are.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "file.elf.sections", .. OfSections.Select(name => $"file.elf.sections.{name}"),
        .. ((string[])["", "go_"]).SelectMany(prefix => (string[])
        [
            $"file.elf.{prefix}import_hash", $"file.elf.{prefix}imports", $"file.elf.{prefix}imports_names_entropy",
            $"file.elf.{prefix}imports_names_var_entropy",
        ]),
        "file.elf.go_stripped", "file.elf.stripped",
    ];

    /// <summary>Writes the object with its name.</summary>
    public void Write(Utf8JsonWriter json, ElfFacts elf)
    {
        json.WriteStartObject("elf");
        if (_ofSections.Count > 0) WriteSections(json, elf);
        WriteNames(json, "", elf.Imports);
        if (elf.GoImports is not null)
        {
            WriteNames(json, "go_", elf.GoImports);
            if (IsWanted("go_stripped")) json.WriteBoolean("go_stripped", elf.IsGoStripped);
        }

        if (IsWanted("stripped")) json.WriteBoolean("stripped", elf.IsStripped);
        json.WriteEndObject();
    }

    private void WriteNames(Utf8JsonWriter json, string prefix, ElfNames names)
    {
        if (names.Hash is not null && IsWanted($"{prefix}import_hash")) json.WriteString($"{prefix}import_hash", names.Hash);
        if (names.First.Count == 0) return;
        if (IsWanted($"{prefix}imports"))
        {
            json.WriteStartArray($"{prefix}imports");
            foreach (string name in names.First) json.WriteStringValue(name);
            json.WriteEndArray();
        }

        string entropy = $"{prefix}imports_names_entropy", variance = $"{prefix}imports_names_var_entropy";
        if (IsWanted(entropy)) json.WriteNumber(entropy, Math.Round(names.Entropy.Bits, 4));
        if (IsWanted(variance)) json.WriteNumber(variance, names.Entropy.Variance);
    }

    private void WriteSections(Utf8JsonWriter json, ElfFacts elf)
    {
        json.WriteStartArray("sections");
        foreach (ElfSection section in elf.Sections)
        {
            json.WriteStartObject();
            if (_ofSections.Contains("name")) json.WriteString("name", section.Name);
            if (_ofSections.Contains("type")) json.WriteString("type", section.Type);
            if (_ofSections.Contains("physical_size")) json.WriteNumber("physical_size", section.PhysicalSize);
            if (_ofSections.Contains("virtual_size")) json.WriteNumber("virtual_size", section.VirtualSize);
            if (_ofSections.Contains("entropy")) json.WriteNumber("entropy", Math.Round(section.Entropy.Bits, 4));
            if (_ofSections.Contains("var_entropy")) json.WriteNumber("var_entropy", section.Entropy.Variance);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private bool IsWanted(string name)
    {
        string field = $"file.elf.{name}";
        return _names.Contains(field) || Array.Exists(_expressions, expression => expression.IsMatch(field));
    }

    private static bool IsExpression(string name) => name is ['/', _, .., '/'];
}
