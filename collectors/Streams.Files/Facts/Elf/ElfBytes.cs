using System.Buffers.Binary;

namespace Streams.Files.Facts.Elf;

/// <summary>Where the section headers are.</summary>
internal readonly record struct ElfHeader(long SectionsOffset, int SectionSize, int SectionCount, int NamesIndex);

/// <summary>A section header as it is in the file.</summary>
internal readonly record struct RawSection(uint Name, uint Type, ulong Flags, long Offset, long Size, uint Link);

/// <summary>A symbol as it is in the file.</summary>
/// <param name="Name">Where its name is in the table of strings.</param>
/// <param name="Binding">1 is global, 2 weak.</param>
/// <param name="Section">The number of the section that it is in; 0 for none.</param>
internal readonly record struct RawSymbol(uint Name, byte Binding, ushort Section);

/// <summary>The numbers of an ELF file, in its own width and byte order. What lies outside of the file is not there.</summary>
internal sealed class ElfBytes(ElfReader.ReadAt readAt, long size)
{
    private const int BlockSize = 64 << 10;
    private const int MaxSymbols = 1 << 20;

    private bool _isWide;
    private bool _isBig;

    /// <summary>The file's size in bytes.</summary>
    public long Size => size;

    private int SymbolSize => _isWide ? 24 : 16;

    public bool TryReadHeader(out ElfHeader header)
    {
        header = default;
        Span<byte> bytes = stackalloc byte[64];
        int read = ReadFully(0, bytes);
        if (read < 52 || !bytes.StartsWith("\u007FELF"u8)) return false;
        _isWide = bytes[4] == 2;
        _isBig = bytes[5] == 2;
        if (_isWide && read < 64) return false;
        ReadOnlySpan<byte> counts = bytes[(_isWide ? 58 : 46)..];
        header = new ElfHeader(
            _isWide ? Long(bytes[40..]) : Int(bytes[32..]), Short(counts), Short(counts[2..]), Short(counts[4..]));
        return true;
    }

    public bool TryReadSection(ElfHeader header, int index, out RawSection section)
    {
        section = default;
        Span<byte> bytes = stackalloc byte[64];
        bytes = bytes[..(_isWide ? 64 : 40)];
        if (header.SectionSize < bytes.Length || header.SectionsOffset < 0 || header.SectionsOffset > size) return false;
        if (ReadFully(header.SectionsOffset + ((long)index * header.SectionSize), bytes) < bytes.Length) return false;
        section = _isWide
            ? new RawSection(Int(bytes), Int(bytes[4..]), (ulong)Long(bytes[8..]), Long(bytes[24..]), Long(bytes[32..]), Int(bytes[40..]))
            : new RawSection(Int(bytes), Int(bytes[4..]), Int(bytes[8..]), Int(bytes[16..]), Int(bytes[20..]), Int(bytes[24..]));
        return section is { Size: >= 0, Offset: >= 0 };
    }

    /// <summary>Whether all of the section is in the file.</summary>
    public bool Holds(RawSection section) => section.Offset <= size && section.Size <= size - section.Offset;

    /// <summary>The bytes of a section, no more than a limit; none when it is not in the file.</summary>
    public byte[] Bytes(RawSection section, int limit)
    {
        if (!Holds(section)) return [];
        byte[] bytes = new byte[(int)Math.Min(section.Size, limit)];
        return bytes[..ReadFully(section.Offset, bytes)];
    }

    /// <summary>Whether all symbols of a table are in the file, and no more of them than are read.</summary>
    public bool HoldsSymbols(RawSection table) => Holds(table) && table.Size <= (long)MaxSymbols * SymbolSize;

    /// <summary>The symbols of a table, 1,048,576 at most.</summary>
    public IEnumerable<RawSymbol> Symbols(RawSection table)
    {
        byte[] block = new byte[BlockSize / SymbolSize * SymbolSize];
        long end = Holds(table) ? Math.Min(table.Size, (long)MaxSymbols * SymbolSize) : 0;
        for (long at = 0; at < end; at += block.Length)
        {
            int read = ReadFully(table.Offset + at, block.AsSpan(0, (int)Math.Min(block.Length, end - at)));
            for (int i = 0; i + SymbolSize <= read; i += SymbolSize) yield return Symbol(block.AsSpan(i));
        }
    }

    /// <summary>The entropy of a section.</summary>
    public ElfEntropy Entropy(RawSection section)
    {
        var counts = new ByteCounts();
        byte[] block = new byte[(int)Math.Min(section.Size, BlockSize)];
        long end = Holds(section) ? section.Size : 0;
        for (long at = 0; at < end; at += block.Length)
        {
            int read = ReadFully(section.Offset + at, block.AsSpan(0, (int)Math.Min(block.Length, end - at)));
            counts.Add(block.AsSpan(0, read));
        }

        return counts.Entropy();
    }

    public ushort Short(ReadOnlySpan<byte> bytes) =>
        _isBig ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    public uint Int(ReadOnlySpan<byte> bytes) =>
        _isBig ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private long Long(ReadOnlySpan<byte> bytes) =>
        _isBig ? BinaryPrimitives.ReadInt64BigEndian(bytes) : BinaryPrimitives.ReadInt64LittleEndian(bytes);

    // Elf64_Sym has info behind the name, Elf32_Sym behind value and size; the binding is in its upper half.
    private RawSymbol Symbol(ReadOnlySpan<byte> symbol)
    {
        int info = _isWide ? 4 : 12;
        return new RawSymbol(Int(symbol), (byte)(symbol[info] >> 4), Short(symbol[(info + 2)..]));
    }

    private int ReadFully(long offset, Span<byte> buffer)
    {
        int total = 0;
        while (total < buffer.Length)
        {
            int read = readAt(offset + total, buffer[total..]);
            if (read <= 0) break;
            total += read;
        }

        return total;
    }
}
