namespace Streams.Files.Facts.Elf;

/// <summary>How often each byte occurs.</summary>
internal sealed class ByteCounts
{
    private readonly long[] _counts = new long[256];
    private long _total;

    /// <summary>Counts more bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes) _counts[b]++;
        _total += bytes.Length;
    }

    /// <summary>Their entropy in bits a byte, and the variance of this estimate (arxiv.org/abs/1807.02603).</summary>
    public ElfEntropy Entropy()
    {
        double entropy = 0, squares = 0;
        foreach (long count in _counts)
        {
            if (count == 0) continue;
            double share = (double)count / _total, bits = -Math.Log2(share);
            entropy += share * bits;
            squares += share * bits * bits;
        }

        return _total == 0 ? default : new ElfEntropy(entropy, Math.Max(0, squares - (entropy * entropy)) / _total);
    }
}
