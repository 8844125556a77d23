using System.Text;

namespace Streams.Files.Tests.Elf;

/// <summary>
/// Makes a small ELF file: <c>.text</c> with each byte value once, imports of connect and execve, and a <c>.bss</c>; on demand what Go's
/// linker adds.
/// </summary>
internal sealed class ElfFile(bool isWide, bool isBig)
{
    private readonly List<byte> _bytes = [];

    /// <summary>How many section headers stand for <c>.text</c>.</summary>
    public int Copies { get; init; } = 1;

    /// <summary>The names of functions of a program that Go made; null for one that it did not make.</summary>
    public IReadOnlyList<string>? Functions { get; init; }

    public byte[] Bytes()
    {
        Add([.. "\u007FELF"u8, (byte)(isWide ? 2 : 1), (byte)(isBig ? 2 : 1), 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        int header = isWide ? 64 : 52;
        while (_bytes.Count < header) Add([0]);
        byte[] code = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        var sections = new List<(string Name, int Type, int Flags, byte[] Content, int Link)> { ("", 0, 0, [], 0) };
        for (int i = 0; i < Copies; i++) sections.Add((".text", 1, 6, code, 0));
        byte[] strings = Encoding.ASCII.GetBytes("\0execve\0Connect\0main\0weak\0libc.so.6\0GLIBC_2.2.5\0");
        byte[] symbols = [.. Symbol(0, 0, 0), .. Symbol(1, 0x12, 0), .. Symbol(8, 0x12, 0), .. Symbol(16, 0x12, 1), .. Symbol(21, 0x22, 0)];
        sections.Add((".dynsym", 11, 2, symbols, sections.Count + 1));
        sections.Add((".dynstr", 3, 2, strings, 0));
        // execve is of a version of libc, connect of none.
        sections.Add((".gnu.version", 0x6fffffff, 2, Fields((0, 2), (2, 2), (1, 2), (1, 2), (2, 2)), 0));
        byte[] needed = Fields((1, 2), (1, 2), (26, 4), (16, 4), (0, 4), (0, 4), (0, 2), (2, 2), (36, 4), (0, 4));
        sections.Add((".gnu.version_r", 0x6ffffffe, 2, needed, 0));
        if (Functions is not null)
        {
            sections.Add((".gopclntab", 1, 2, [1], 0));
            sections.Add((".note.go.buildid", 7, 2, [1], 0));
            string names = "\0" + string.Concat(Functions.Select(name => name + "\0"));
            IEnumerable<int> places = Functions.Select((_, i) => 1 + Functions.Take(i).Sum(name => name.Length + 1));
            // The last is data, which lies in the first section that is no code.
            byte[] functions = [.. Symbol(0, 0, 0), .. places.SelectMany(place => Symbol(place, 0x12, 1)), .. Symbol(1, 0x11, Copies + 1)];
            sections.Add((".symtab", 2, 0, functions, sections.Count + 1));
            sections.Add((".strtab", 3, 0, Encoding.ASCII.GetBytes(names), 0));
        }

        string sectionNames = string.Concat(sections.Select(section => section.Name + "\0")) + ".shstrtab\0.bss\0";
        int namesIndex = sections.Count;
        sections.Add((".shstrtab", 3, 0, Encoding.ASCII.GetBytes(sectionNames), 0));
        int text = Content(code);
        int[] offsets = [.. sections.Select(section => section.Content == code ? text : Content(section.Content))];
        int headers = _bytes.Count;
        for (int i = 0; i < sections.Count; i++)
        {
            (string name, int type, int flags, byte[] content, int link) = sections[i];
            Section(Name(name), type, flags, offsets[i], content.Length, link);
        }

        Section(Name(".bss"), 8, 3, 0, 4096, 0);
        byte[] file = [.. _bytes];
        Put(file.AsSpan(isWide ? 40 : 32), headers, isWide ? 8 : 4);
        Put(file.AsSpan(isWide ? 58 : 46), isWide ? 64 : 40, 2);
        Put(file.AsSpan(isWide ? 60 : 48), sections.Count + 1, 2);
        Put(file.AsSpan(isWide ? 62 : 50), namesIndex, 2);
        return file;

        int Name(string name) => name.Length == 0 ? 0 : sectionNames.IndexOf("\0" + name + "\0", StringComparison.Ordinal) + 1;
    }

    private int Content(byte[] bytes)
    {
        int at = _bytes.Count;
        Add(bytes);
        return at;
    }

    private byte[] Symbol(int name, byte info, int section) => isWide
        ? Fields((name, 4), (info, 1), (0, 1), (section, 2), (0, 8), (0, 8))
        : Fields((name, 4), (0, 4), (0, 4), (info, 1), (0, 1), (section, 2));

    private void Section(int name, int type, int flags, long offset, long size, int link)
    {
        int word = isWide ? 8 : 4;
        Add(Fields(
            (name, 4), (type, 4), (flags, word), (0, word), (offset, word), (size, word), (link, 4), (0, 4), (0, word), (0, word)));
    }

    private byte[] Fields(params (long Value, int Size)[] fields)
    {
        byte[] bytes = new byte[fields.Sum(field => field.Size)];
        int at = 0;
        foreach ((long value, int size) in fields)
        {
            Put(bytes.AsSpan(at), value, size);
            at += size;
        }

        return bytes;
    }

    private void Put(Span<byte> to, long value, int size)
    {
        for (int i = 0; i < size; i++) to[isBig ? size - 1 - i : i] = (byte)(value >> (8 * i));
    }

    private void Add(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);
}
