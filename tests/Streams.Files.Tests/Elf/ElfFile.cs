using System.Text;

namespace Streams.Files.Tests.Elf;

/// <summary>
/// Makes a small ELF file: <c>.text</c> with each byte value once, imports of connect and execve, and a <c>.bss</c>.
/// </summary>
internal sealed class ElfFile(bool isWide, bool isBig)
{
    private readonly List<byte> _bytes = [];

    /// <summary>How many section headers stand for <c>.text</c>.</summary>
    public int Copies { get; init; } = 1;

    public byte[] Bytes()
    {
        byte[] names = Encoding.ASCII.GetBytes("\0.text\0.dynsym\0.dynstr\0.shstrtab\0.bss\0");
        byte[] strings = Encoding.ASCII.GetBytes("\0execve\0connect\0main\0");
        Add([.. "\u007FELF"u8, (byte)(isWide ? 2 : 1), (byte)(isBig ? 2 : 1), 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        int header = isWide ? 64 : 52;
        while (_bytes.Count < header) Add([0]);
        int text = Content([.. Enumerable.Range(0, 256).Select(i => (byte)i)]);
        int symbols = _bytes.Count;
        Symbol(0, 0, 0);
        Symbol(1, 0x12, 0);
        Symbol(8, 0x22, 0);
        Symbol(16, 0x12, 1);
        int symbolsEnd = _bytes.Count;
        int stringsAt = Content(strings);
        int namesAt = Content(names);
        int sections = _bytes.Count;
        Section(0, 0, 0, 0, 0);
        for (int i = 0; i < Copies; i++) Section(1, 1, text, 256, 0);
        Section(7, 11, symbols, symbolsEnd - symbols, Copies + 2);
        Section(15, 3, stringsAt, strings.Length, 0);
        Section(23, 3, namesAt, names.Length, 0);
        Section(33, 8, 0, 4096, 0);
        byte[] file = [.. _bytes];
        Put(file.AsSpan(isWide ? 40 : 32), sections, isWide ? 8 : 4);
        Put(file.AsSpan(isWide ? 58 : 46), isWide ? 64 : 40, 2);
        Put(file.AsSpan(isWide ? 60 : 48), Copies + 5, 2);
        Put(file.AsSpan(isWide ? 62 : 50), Copies + 3, 2);
        return file;
    }

    private int Content(byte[] bytes)
    {
        int at = _bytes.Count;
        Add(bytes);
        return at;
    }

    private void Symbol(int name, byte info, int section)
    {
        if (isWide) Fields((name, 4), (info, 1), (0, 1), (section, 2), (0, 8), (0, 8));
        else Fields((name, 4), (0, 4), (0, 4), (info, 1), (0, 1), (section, 2));
    }

    private void Section(int name, int type, long offset, long size, int link)
    {
        int word = isWide ? 8 : 4;
        Fields((name, 4), (type, 4), (0, word), (0, word), (offset, word), (size, word), (link, 4), (0, 4), (0, word), (0, word));
    }

    private void Fields(params (long Value, int Size)[] fields)
    {
        foreach ((long value, int size) in fields)
        {
            byte[] bytes = new byte[size];
            Put(bytes, value, size);
            Add(bytes);
        }
    }

    private void Put(Span<byte> to, long value, int size)
    {
        for (int i = 0; i < size; i++) to[isBig ? size - 1 - i : i] = (byte)(value >> (8 * i));
    }

    private void Add(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);
}
