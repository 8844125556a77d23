using System.Security.Cryptography;
using System.Text;

namespace Streams.Files.Facts.Elf;

/// <summary>Takes names one after the other: there may be hundreds of thousands.</summary>
internal sealed class ElfNamesBuilder : IDisposable
{
    private const int MaxName = 512;

    // The import hash is MD5 wherever it is used; nothing is protected by it.
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
    private readonly ByteCounts _counts = new();
    private readonly List<string> _first = [];
    private bool _isBegun;

    /// <summary>Takes a name.</summary>
    public void Add(ReadOnlySpan<byte> name)
    {
        if (_isBegun) _hash.AppendData(","u8);
        _isBegun = true;
        _hash.AppendData(name);
        _counts.Add(name);
        if (_first.Count < ElfNames.MaxTold) _first.Add(Encoding.UTF8.GetString(name[..Math.Min(name.Length, MaxName)]));
    }

    /// <summary>What has been taken.</summary>
    /// <param name="isWhole">Whether those are all.</param>
    public ElfNames Build(bool isWhole)
    {
        byte[] hash = _hash.GetHashAndReset();
        return new ElfNames { First = _first, Hash = isWhole ? Convert.ToHexStringLower(hash) : null, Entropy = _counts.Entropy() };
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
