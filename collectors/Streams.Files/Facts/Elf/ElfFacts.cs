namespace Streams.Files.Facts.Elf;

/// <summary>What the headers of an executable or library say.</summary>
public sealed record ElfFacts
{
    /// <summary>Its sections, in the order of the file.</summary>
    public required IReadOnlyList<ElfSection> Sections { get; init; }

    /// <summary>What it wants from libraries, as <c>library.name</c>; none for one that is linked statically.</summary>
    public required ElfNames Imports { get; init; }

    /// <summary>The functions in it of packages that are not Go's own; null when Go did not make it.</summary>
    public ElfNames? GoImports { get; init; }

    /// <summary>Whether it has no table of symbols.</summary>
    public bool IsStripped { get; init; }

    /// <summary>Whether Go made it, and somebody has removed its table of symbols or its build id.</summary>
    public bool IsGoStripped { get; init; }

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
/// <param name="Entropy">Of its bytes in the file.</param>
public sealed record ElfSection(string Name, string Type, long PhysicalSize, long VirtualSize, ElfEntropy Entropy);
