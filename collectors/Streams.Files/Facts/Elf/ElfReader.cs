using System.Text;

namespace Streams.Files.Facts.Elf;

/// <summary>
/// Reads the headers of ELF files (elf(5)). Whoever made the file chose each number in it: all are checked against the file's size, and
/// lists end at a limit.
/// </summary>
internal static class ElfReader
{
    public const int MaxSections = 1024;

    private const int MaxName = 512;
    private const int MaxNames = 1 << 20;
    private const int NoBits = 8;

    private static readonly string[] TypeNames =
    [
        "NULL", "PROGBITS", "SYMTAB", "STRTAB", "RELA", "HASH", "DYNAMIC", "NOTE", "NOBITS", "REL", "SHLIB", "DYNSYM", "UNKNOWN", "UNKNOWN",
        "INIT_ARRAY", "FINI_ARRAY", "PREINIT_ARRAY", "GROUP", "SYMTAB_SHNDX",
    ];

    /// <summary>Reads at a place of the file; less than asked for at its end.</summary>
    public delegate int ReadAt(long offset, Span<byte> buffer);

    /// <summary>Reads a file.</summary>
    /// <param name="readAt">Reads of it.</param>
    /// <param name="size">Its size in bytes.</param>
    /// <returns>Null when it is no ELF file.</returns>
    public static ElfFacts? Read(ReadAt readAt, long size)
    {
        var file = new ElfBytes(readAt, size);
        if (!file.TryReadHeader(out ElfHeader header)) return null;
        bool isDamaged = header.SectionCount > MaxSections;
        var sections = new List<RawSection>();
        for (int i = 0; i < Math.Min(header.SectionCount, MaxSections); i++)
        {
            if (file.TryReadSection(header, i, out RawSection section)) sections.Add(section);
            else isDamaged = true;
        }

        byte[] names = header.NamesIndex < sections.Count ? file.Bytes(sections[header.NamesIndex], MaxNames) : [];
        // Sections may overlap, so that few bytes could be counted over and over.
        long budget = size;
        var told = new List<ElfSection>(sections.Count);
        foreach (RawSection section in sections)
        {
            if (section.Type == 0) continue;
            long physical = section.Type == NoBits ? 0 : section.Size;
            if (physical > 0 && !file.Holds(section)) isDamaged = true;
            ElfEntropy entropy = default;
            if (physical <= budget)
            {
                budget -= physical;
                entropy = file.Entropy(section with { Size = physical });
            }
            else
            {
                isDamaged = true;
            }

            told.Add(new ElfSection(Text(names, section.Name), TypeName(section.Type), physical, section.Size, entropy));
        }

        var symbols = new ElfSymbols(file, sections);
        bool isStripped = !sections.Exists(section => section.Type == ElfSymbols.SymbolTable);
        bool isGo = told.Exists(section => section.Name is ".gopclntab" or ".gosymtab" or ".go.buildinfo");
        return new ElfFacts
        {
            Sections = told,
            Imports = symbols.Imports(),
            GoImports = isGo ? symbols.GoImports() : null,
            IsStripped = isStripped,
            IsGoStripped = isGo && (isStripped || !told.Exists(section => section.Name == ".note.go.buildid")),
            IsDamaged = isDamaged,
        };
    }

    private static string TypeName(uint type) => type < TypeNames.Length ? TypeNames[type] : type switch
    {
        0x6ffffff6 => "GNU_HASH",
        0x6ffffffd => "VERDEF",
        0x6ffffffe => "VERNEED",
        0x6fffffff => "VERSYM",
        _ => "UNKNOWN",
    };

    private static string Text(byte[] strings, uint offset)
    {
        if (offset >= strings.Length) return "";
        ReadOnlySpan<byte> rest = strings.AsSpan((int)offset);
        int end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(rest[..Math.Min(end < 0 ? rest.Length : end, MaxName)]);
    }
}
