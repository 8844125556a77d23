using System.Text;

namespace Streams.Files.Facts.Elf;

/// <summary>
/// The names of symbols that Auditbeat hashes, in its order and spelling: what a file wants from libraries, and which functions of others'
/// packages are in a program of Go.
/// </summary>
internal sealed class ElfSymbols(ElfBytes file, IReadOnlyList<RawSection> sections)
{
    /// <summary>The type of the table of symbols, which stripping removes.</summary>
    public const int SymbolTable = 2;

    // elf(5) and the Linux Standard Base.
    private const int DynamicSymbols = 11;
    private const uint NeededVersions = 0x6ffffffe;
    private const uint SymbolVersions = 0x6fffffff;
    private const ulong Code = 2 | 4;
    private const ushort Undefined = 0;
    private const ushort Common = 0xfff2;
    private const byte Global = 1;

    private const int MaxStrings = 64 << 20;
    private const int MaxVersions = 4096;
    private const int VersionSize = 16;

    // Names may lie over each other, so that few bytes could be read over and over.
    private long _left = file.Size * 4;

    /// <summary>
    /// Symbols that libraries define, each as <c>library.name</c> in lower case, the library by the table of versions; none of a file that
    /// is linked statically. Weak ones are left out.
    /// </summary>
    public ElfNames Imports()
    {
        using var names = new ElfNamesBuilder();
        if (Find(DynamicSymbols) is not { } table) return names.Build(isWhole: true);
        byte[] strings = Strings(table, out bool isWhole);
        Dictionary<int, byte[]> libraries = Libraries(strings);
        byte[] versions = Find(SymbolVersions) is { } section ? file.Bytes(section, MaxStrings) : [];
        int index = -1;
        foreach (RawSymbol symbol in file.Symbols(table))
        {
            index++;
            if (symbol.Binding != Global || symbol.Section != Undefined) continue;
            if (_left <= 0) return names.Build(isWhole: false);
            int version = (2 * index) + 2 <= versions.Length ? file.Short(versions.AsSpan(2 * index)) : 0;
            byte[] name = [.. libraries.GetValueOrDefault(version, []), (byte)'.', .. Text(strings, symbol.Name)];
            Ascii.ToLowerInPlace(name, out _);
            names.Add(name);
        }

        return names.Build(isWhole);
    }

    /// <summary>Functions whose package has a domain in its path; none when the table of symbols was removed.</summary>
    public ElfNames GoImports()
    {
        using var names = new ElfNamesBuilder();
        if (Find(SymbolTable) is not { } table) return names.Build(isWhole: true);
        byte[] strings = Strings(table, out bool isWhole);
        foreach (RawSymbol symbol in file.Symbols(table))
        {
            if (symbol.Section is Undefined or Common || symbol.Section >= sections.Count) continue;
            if ((sections[symbol.Section].Flags & Code) != Code) continue;
            if (_left <= 0) return names.Build(isWhole: false);
            ReadOnlySpan<byte> name = Text(strings, symbol.Name);
            if (HasDomain(name) && !name.StartsWith("type.."u8)) names.Add(name);
        }

        return names.Build(isWhole);
    }

    // Packages of the standard library, and main, have none (golang.org/ref/mod, "Module paths").
    private static bool HasDomain(ReadOnlySpan<byte> name) =>
        name.IndexOf((byte)'/') is var slash and > 0 && name[..slash].Contains((byte)'.');

    // By the numbers that the table of the symbols' versions has. Libraries (struct Elf_Verneed) have a list of versions each (Vernaux).
    private Dictionary<int, byte[]> Libraries(byte[] strings)
    {
        var libraries = new Dictionary<int, byte[]>();
        byte[] table = Find(NeededVersions) is { } section ? file.Bytes(section, MaxStrings) : [];
        int left = MaxVersions;
        for (long at = 0; at + VersionSize <= table.Length && left > 0;)
        {
            ReadOnlySpan<byte> needed = table.AsSpan((int)at);
            byte[] library = Text(strings, file.Int(needed[4..])).ToArray();
            long version = at + file.Int(needed[8..]);
            for (int i = file.Short(needed[2..]); i > 0 && left > 0 && version + VersionSize <= table.Length; i--, left--)
            {
                ReadOnlySpan<byte> named = table.AsSpan((int)version);
                libraries[file.Short(named[6..])] = library;
                uint step = file.Int(named[12..]);
                if (step == 0) break;
                version += step;
            }

            uint next = file.Int(needed[12..]);
            if (next == 0) break;
            at += next;
            left--;
        }

        return libraries;
    }

    private RawSection? Find(uint type)
    {
        foreach (RawSection section in sections)
        {
            if (section.Type == type) return section;
        }

        return null;
    }

    // The strings of a table of symbols; whole with all of its symbols, or in part.
    private byte[] Strings(RawSection table, out bool isWhole)
    {
        isWhole = false;
        if (table.Link >= (uint)sections.Count) return [];
        RawSection strings = sections[(int)table.Link];
        isWhole = file.HoldsSymbols(table) && file.Holds(strings) && strings.Size <= MaxStrings;
        return file.Bytes(strings, MaxStrings);
    }

    private ReadOnlySpan<byte> Text(byte[] strings, uint offset)
    {
        if (offset >= strings.Length || _left <= 0) return default;
        ReadOnlySpan<byte> rest = strings.AsSpan((int)offset);
        int end = rest.IndexOf((byte)0);
        _left -= end < 0 ? rest.Length : end;
        return end < 0 ? rest : rest[..end];
    }
}
