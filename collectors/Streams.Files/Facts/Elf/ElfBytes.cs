using System.Buffers.Binary;

namespace Streams.Files.Facts.Elf;

/// <summary>Where the section headers are.</summary>
internal readonly record struct ElfHeader(long SectionsOffset, int SectionSize, int SectionCount, int NamesIndex);

/// <summary>A section header as it is in the file.</summary>
internal readonly record struct RawSection(uint Name, uint Type, long Offset, long Size, uint Link);

/// <summary>The numbers of an ELF file, in its own width and byte order. What lies outside of the file is not there.</summary>
internal sealed class ElfBytes(ElfReader.ReadAt readAt, long size)
{
    private const int BlockSize = 64 << 10;

    private bool _isWide;
    private bool _isBig;

    /// <summary>Bytes a symbol.</summary>
    public int SymbolSize => _isWide ? 24 : 16;

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
            ? new RawSection(Int(bytes), Int(bytes[4..]), Long(bytes[24..]), Long(bytes[32..]), Int(bytes[40..]))
            : new RawSection(Int(bytes), Int(bytes[4..]), Int(bytes[16..]), Int(bytes[20..]), Int(bytes[24..]));
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

    /// <summary>The name of a symbol that another file defines; null for others.</summary>
    // Elf64_Sym has info behind the name, Elf32_Sym behind value and size; the binding is in its upper half: 1 global, 2 weak.
    public uint? ImportedName(ReadOnlySpan<byte> symbol)
    {
        int info = _isWide ? 4 : 12;
        return symbol[info] >> 4 is 1 or 2 && Short(symbol[(info + 2)..]) == 0 ? Int(symbol) : null;
    }

    /// <summary>The entropy of a section, in bits a byte.</summary>
    public double Entropy(RawSection section)
    {
        if (!Holds(section)) return 0;
        Span<long> counts = stackalloc long[256];
        byte[] block = new byte[(int)Math.Min(section.Size, BlockSize)];
        long total = 0;
        while (total < section.Size)
        {
            int read = readAt(section.Offset + total, block.AsSpan(0, (int)Math.Min(block.Length, section.Size - total)));
            if (read <= 0) break;
            foreach (byte b in block.AsSpan(0, read)) counts[b]++;
            total += read;
        }

        return Entropy(counts, total);
    }

    /// <summary>The entropy of bytes, in bits a byte.</summary>
    public static double Entropy(ReadOnlySpan<byte> bytes)
    {
        Span<long> counts = stackalloc long[256];
        foreach (byte b in bytes) counts[b]++;
        return Entropy(counts, bytes.Length);
    }

    private static double Entropy(ReadOnlySpan<long> counts, long total)
    {
        double entropy = 0;
        foreach (long count in counts)
        {
            if (count == 0) continue;
            double share = (double)count / total;
            entropy -= share * Math.Log2(share);
        }

        return entropy;
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

    private ushort Short(ReadOnlySpan<byte> bytes) =>
        _isBig ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private uint Int(ReadOnlySpan<byte> bytes) =>
        _isBig ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private long Long(ReadOnlySpan<byte> bytes) =>
        _isBig ? BinaryPrimitives.ReadInt64BigEndian(bytes) : BinaryPrimitives.ReadInt64LittleEndian(bytes);
}
