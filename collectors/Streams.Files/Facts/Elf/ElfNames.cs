namespace Streams.Files.Facts.Elf;

/// <summary>Names of symbols, in the order of the file.</summary>
public sealed record ElfNames
{
    /// <summary>The first of them, <see cref="MaxTold"/> at most, and of each 512 bytes at most.</summary>
    public required IReadOnlyList<string> First { get; init; }

    /// <summary>
    /// The MD5 of all, whole and joined by commas: the same for variants of one program. Null when there are more than are read.
    /// </summary>
    public string? Hash { get; init; }

    /// <summary>The entropy of all, without the commas.</summary>
    public ElfEntropy Entropy { get; init; }

    /// <summary>How many are told.</summary>
    public const int MaxTold = 1000;
}

/// <summary>How much order bytes have.</summary>
/// <param name="Bits">Their entropy in bits a byte: near 8 is compressed or encrypted.</param>
/// <param name="Variance">The variance of that, as an estimate.</param>
public readonly record struct ElfEntropy(double Bits, double Variance);
