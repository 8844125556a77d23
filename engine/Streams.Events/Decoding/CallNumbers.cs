using System.Buffers.Text;

namespace Streams.Events.Decoding;

/// <summary>
/// Numbers of a SYSCALL record, found by their names without cutting it up. The kernel writes them before the first text that somebody else
/// chose, which is in quotes or has no spaces (audit_log_exit of kernel/auditsc.c, audit_log_task_info of kernel/audit.c).
/// </summary>
internal static class CallNumbers
{
    /// <summary>A decimal number.</summary>
    /// <param name="text">The record; empty where there is none.</param>
    /// <param name="key">The name between a space and an equals sign: <c> pid=</c>.</param>
    /// <param name="number">The number.</param>
    public static bool TryFind(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key, out int number) =>
        Utf8Parser.TryParse(After(text, key), out number, out _);

    /// <summary>A number in hexadecimal.</summary>
    public static bool TryFindHex(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key, out ulong number) =>
        Utf8Parser.TryParse(After(text, key), out number, out _, 'x');

    private static ReadOnlySpan<byte> After(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key)
    {
        int found = text.IndexOf(key);
        if (found < 0 || text[..found].Contains((byte)'"')) return default;
        return text[(found + key.Length)..];
    }
}
