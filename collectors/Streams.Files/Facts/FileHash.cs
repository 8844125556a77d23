using System.IO.Hashing;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Digests;

namespace Streams.Files.Facts;

/// <summary>One hash of one file after the other: Auditbeat's names of them.</summary>
public abstract class FileHash : IDisposable
{
    // The system's OpenSSL where it has the function, since it is several times as fast.
    private static readonly Dictionary<string, Func<FileHash>> Makers = new(StringComparer.Ordinal)
    {
        ["md5"] = () => new SystemHash(HashAlgorithmName.MD5),
        ["sha1"] = () => new SystemHash(HashAlgorithmName.SHA1),
        ["sha224"] = () => new DigestHash(new Sha224Digest()),
        ["sha256"] = () => new SystemHash(HashAlgorithmName.SHA256),
        ["sha384"] = () => new SystemHash(HashAlgorithmName.SHA384),
        ["sha512"] = () => new SystemHash(HashAlgorithmName.SHA512),
        ["sha512_224"] = () => new DigestHash(new Sha512tDigest(224)),
        ["sha512_256"] = () => new DigestHash(new Sha512tDigest(256)),
        ["sha3_224"] = () => new DigestHash(new Sha3Digest(224)),
        ["sha3_256"] = () => new DigestHash(new Sha3Digest(256)),
        ["sha3_384"] = () => new DigestHash(new Sha3Digest(384)),
        ["sha3_512"] = () => new DigestHash(new Sha3Digest(512)),
        ["blake2b_256"] = () => new DigestHash(new Blake2bDigest(256)),
        ["blake2b_384"] = () => new DigestHash(new Blake2bDigest(384)),
        ["blake2b_512"] = () => new DigestHash(new Blake2bDigest(512)),
        ["xxh64"] = () => new QuickHash(),
    };

    /// <summary>The names of all hashes.</summary>
    public static IReadOnlyCollection<string> Names => Makers.Keys;

    /// <summary>Makes a hash.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static FileHash Of(string name) => Makers.TryGetValue(name, out Func<FileHash>? make)
        ? make()
        : throw new ArgumentException($"\"{name}\" is no hash; take one of {string.Join(", ", Names)}.", nameof(name));

    /// <summary>Takes more of the file.</summary>
    public abstract void Append(ReadOnlySpan<byte> bytes);

    /// <summary>The hash of what was taken, in hexadecimal; the next file begins.</summary>
    public abstract string Finish();

    /// <inheritdoc/>
    public abstract void Dispose();

    private sealed class SystemHash(HashAlgorithmName name) : FileHash
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(name);

        public override void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

        public override string Finish()
        {
            Span<byte> hash = stackalloc byte[_hash.HashLengthInBytes];
            _hash.GetHashAndReset(hash);
            return Convert.ToHexStringLower(hash);
        }

        public override void Dispose() => _hash.Dispose();
    }

    private sealed class DigestHash(IDigest digest) : FileHash
    {
        public override void Append(ReadOnlySpan<byte> bytes) => digest.BlockUpdate(bytes);

        public override string Finish()
        {
            Span<byte> hash = stackalloc byte[digest.GetDigestSize()];
            digest.DoFinal(hash);
            return Convert.ToHexStringLower(hash);
        }

        public override void Dispose()
        {
        }
    }

    private sealed class QuickHash : FileHash
    {
        private readonly XxHash64 _hash = new();

        public override void Append(ReadOnlySpan<byte> bytes) => _hash.Append(bytes);

        public override string Finish()
        {
            Span<byte> hash = stackalloc byte[8];
            _hash.GetHashAndReset(hash);
            return Convert.ToHexStringLower(hash);
        }

        public override void Dispose()
        {
        }
    }
}
