using System.Globalization;
using Streams.Events.Decoding;
using Streams.Events.Tables;

namespace Streams.Events;

/// <summary>The system call of an audit event as numbers, read from its records when asked.</summary>
public readonly struct CallView(AuditEvent source)
{
    private static readonly Field[] Arguments = [.. Enumerable.Range(0, 4).Select(i => Field.Of($"auditd.data.a{i}"))];

    /// <summary>One of the first four arguments as the kernel saw it; null when the records have none.</summary>
    /// <param name="index">From 0 to 3.</param>
    public ulong? Argument(int index)
    {
        ReadOnlySpan<byte> key = index switch { 0 => " a0="u8, 1 => " a1="u8, 2 => " a2="u8, _ => " a3="u8 };
        if (CallNumbers.TryFindHex(source.CallText, key, out ulong number)) return number;
        string? text = source[Arguments[index]].ToString();
        return ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value) ? value : null;
    }

    /// <summary>
    /// What the call returned when it succeeded, for instance a descriptor; null when it failed or the records do not say.
    /// </summary>
    public long? Returned =>
        source.Result == AuditResult.Success
        && long.TryParse(source.Data("exit"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            ? value
            : null;

    /// <summary>Whether the call opens a file by its name.</summary>
    public bool Opens => source.SyscallId is SyscallId.Open or SyscallId.Openat or SyscallId.Openat2 or SyscallId.OpenByHandleAt;

    /// <summary>
    /// Whether an open asks to write, to create or to empty the file (open(2)). openat2 has its flags in memory, where only an OPENAT2
    /// record tells them (<c>oflag</c>, octal); without one it counts.
    /// </summary>
    public bool OpensToWrite => (OpenFlags & (AccessMode | Create | Truncate)) is > 0;

    /// <summary>Whether the call cuts a file's contents: truncate, ftruncate, creat, or an open with O_TRUNC.</summary>
    public bool Truncates =>
        source.SyscallId is SyscallId.Truncate or SyscallId.Ftruncate or SyscallId.Truncate64 or SyscallId.Ftruncate64 or SyscallId.Creat
        || (OpenFlags & Truncate) is > 0;

    private ulong? OpenFlags => source.SyscallId switch
    {
        SyscallId.Open => Argument(1),
        SyscallId.Openat or SyscallId.OpenByHandleAt => Argument(2),
        SyscallId.Openat2 => Octal(source.Data("oflag")) ?? WriteOnly,
        _ => null,
    };

    private static ulong? Octal(string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        ulong value = 0;
        foreach (char digit in text)
        {
            if (digit is < '0' or > '7') return null;
            value = value << 3 | (uint)(digit - '0');
        }

        return value;
    }

    // asm-generic/fcntl.h; the same on every architecture in the tables.
    private const ulong WriteOnly = 1;
    private const ulong AccessMode = 3;
    private const ulong Create = 0x40;
    private const ulong Truncate = 0x200;
}
