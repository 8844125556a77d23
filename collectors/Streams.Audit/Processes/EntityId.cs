using System.Buffers.Binary;
using System.Buffers.Text;
using System.IO.Hashing;

namespace Streams.Audit.Processes;

/// <summary>Tells a process from every other one on every host: a hash of the boot, the number and the start.</summary>
internal static class EntityId
{
    // 96 bits: two of 2^40 processes are the same with a probability of 2^-17. Who could choose what is hashed could as well choose the
    // number of a process: it need not be cryptographic, and is made for each program that is run.
    private const int HashBytes = 12;

    /// <summary>The id, 16 letters and digits.</summary>
    /// <param name="boot">The boot id of the host.</param>
    /// <param name="pid">The number of the process.</param>
    /// <param name="start">When it was started, in units of 10 ms since the boot; or any moment that is its own.</param>
    public static byte[] Of(Guid boot, int pid, long start)
    {
        Span<byte> key = stackalloc byte[28];
        boot.TryWriteBytes(key);
        BinaryPrimitives.WriteInt32LittleEndian(key[16..], pid);
        BinaryPrimitives.WriteInt64LittleEndian(key[20..], start);
        Span<byte> hash = stackalloc byte[16];
        XxHash128.Hash(key, hash);
        byte[] text = new byte[Base64Url.GetEncodedLength(HashBytes)];
        Base64Url.EncodeToUtf8(hash[..HashBytes], text);
        return text;
    }
}
