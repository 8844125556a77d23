namespace Streams.Files.Facts.Elf;

/// <summary>What the headers of an executable or library say.</summary>
public sealed record ElfFacts
{
    /// <summary>Its sections, in the order of the file.</summary>
    public required IReadOnlyList<ElfSection> Sections { get; init; }

    /// <summary>The names that it wants from libraries, in order; empty for one that is linked statically.</summary>
    public required IReadOnlyList<string> Imports { get; init; }

    /// <summary>The MD5 of <see cref="Imports"/> joined by commas: the same for variants of one program. Null without imports.</summary>
    public string? ImportHash { get; init; }

    /// <summary>The entropy of the joined names of <see cref="Imports"/>, in bits a byte.</summary>
    public double ImportsEntropy { get; init; }

    /// <summary>Whether it has no table of symbols.</summary>
    public bool IsStripped { get; init; }

    /// <summary>Whether Go made it.</summary>
    public bool IsGo { get; init; }

    /// <summary>
    /// Whether the headers contradict themselves, or there is more than is looked at: what is told is what could be read.
    /// </summary>
    public bool IsDamaged { get; init; }
}

/// <summary>A section of an executable.</summary>
/// <param name="Name">Its name, as the file has it.</param>
/// <param name="Type">Its type, for instance <c>PROGBITS</c>.</param>
/// <param name="PhysicalSize">Bytes in the file.</param>
/// <param name="VirtualSize">Bytes in memory.</param>
/// <param name="Entropy">Of its bytes, in bits a byte: near 8 is compressed or encrypted.</param>
public sealed record ElfSection(string Name, string Type, long PhysicalSize, long VirtualSize, double Entropy);
