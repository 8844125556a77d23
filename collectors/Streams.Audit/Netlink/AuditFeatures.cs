using System.Runtime.InteropServices;

namespace Streams.Audit.Netlink;

/// <summary>Features of audit that are switched: <c>struct audit_features</c>.</summary>
/// <param name="OnlyUnsetLoginUid">A login id can be set by its own process only while it is unset, whatever its privileges.</param>
/// <param name="LoginUidImmutable">A login id that is set stays.</param>
/// <param name="Locked">Bits of those that cannot be switched any more: 1 the first, 2 the second.</param>
public sealed record AuditFeatures(bool OnlyUnsetLoginUid, bool LoginUidImmutable, uint Locked)
{
    /// <summary>Reads the kernel's answer.</summary>
    /// <exception cref="InvalidDataException">It is too short.</exception>
    public static AuditFeatures Parse(ReadOnlySpan<byte> message)
    {
        if (message.Length < 16) throw new InvalidDataException($"audit features of {message.Length} bytes; 16 expected");
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(message[..16]);
        return new AuditFeatures((words[2] & 1) != 0, (words[2] & 2) != 0, words[3]);
    }
}
