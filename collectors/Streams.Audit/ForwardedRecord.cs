using Streams.Events.Tables;

namespace Streams.Audit;

/// <summary>
/// A record that syslog servers have passed on. auditd parts a record from the names that it adds (log_format = ENRICHED) with the byte
/// 0x1D, which such servers escape, replace or drop; what it was is restored, so that all behind here reads one form.
/// </summary>
/// <remarks>
/// What was added is the end of a record: keys in capitals with their values, and nothing else. It begins where a value has ended. What a
/// user chose cannot make it begin earlier: the kernel and the programs put that into quotes or write it in hexadecimal, and within quotes
/// nothing begins; behind what a value not in quotes could hold, more keys follow that are not in capitals.
/// </remarks>
internal static class ForwardedRecord
{
    private const byte Separator = 0x1D;

    // What may stand between a value that is closed and what was added: one character, or an escape that no table knows.
    private const int LongestEscape = 8;

    // Names of users hold hardly more, and no record has as many fields to interpret; a line may be made to have any number.
    private const int MaxApostrophes = 16;
    private const int MaxKeys = 64;

    private const int KeptRoom = 64 * 1024;

    // The fields that auditd interprets (auparse/typetab.h of audit-userspace: UID, GID, SYSCALL, ARCH and SOCKADDR), in capitals.
    private static readonly byte[][] Keys = Array.ConvertAll(
        (string[])
        [
            "INODE_UID", "INODE_GID", "URING_OP", "OLD-AUID", "OBJ_UID", "OBJ_GID", "NEW_GID", "SYSCALL", "SAUID", "OAUID", "FSUID",
            "FSGID", "SADDR", "AUID", "EUID", "SUID", "OUID", "IUID", "EGID", "SGID", "OGID", "IGID", "ARCH", "UID", "GID", "ID",
        ],
        System.Text.Encoding.ASCII.GetBytes);

    [ThreadStatic]
    private static byte[]? _room;

    /// <summary>The text as auditd wrote it: itself, or a span that is valid until the next call on this thread.</summary>
    /// <param name="text">What follows the stamp.</param>
    /// <param name="type">The record's type.</param>
    /// <param name="isForwarded">Whether the line has the header of syslog.</param>
    public static ReadOnlySpan<byte> Restore(ReadOnlySpan<byte> text, RecordType type, bool isForwarded)
    {
        for (int escape; (escape = ControlEscapes.OtherAtEnd(text)) > 0;) text = text[..^escape];
        if (isForwarded && text.IndexOf((byte)'"') is > 0 and int quote && text[quote - 1] == '\\') text = Unescape(text);

        // Nearly every record that has names added has one of an id; that of an address has none.
        bool mayBeAdded = text.IndexOf(type == RecordType.Sockaddr ? "SADDR="u8 : "ID="u8) >= 0
            || (isForwarded && text.IndexOf("ARCH="u8) >= 0);
        if (!mayBeAdded) return text;
        if (text.IndexOf(Separator) >= 0 || !TryFindAdded(text, out int end, out int start)) return text;

        // The text may stand in the room itself.
        Span<byte> room = Room(text.Length + 1);
        int length = end + 1 + text.Length - start;
        text[..end].CopyTo(room);
        text[start..].CopyTo(room[(end + 1)..]);
        room[end] = Separator;
        return room[..length];
    }

    // Where the record ends, and where what was added begins.
    private static bool TryFindAdded(ReadOnlySpan<byte> text, out int end, out int start)
    {
        end = start = 0;
        int at = 0;
        while (at < text.Length)
        {
            if (text[at] == ' ')
            {
                at++;
                continue;
            }

            if (at > 0 && IsAdded(text[at..]))
            {
                (end, start) = (at - 1, at);
                return true;
            }

            // The mode of a label of AppArmor: subj=/usr/sbin/ntpd (enforce)
            if (text[at] == '(' && Close(text, at) is > 0 and var closed && text[at..closed].IndexOfAny((byte)' ', (byte)'=') < 0)
            {
                end = at = closed;
                if (TryFindBehind(text, at, out start)) return true;
                continue;
            }

            int word = text[at..].IndexOfAny((byte)' ', (byte)'=');
            if (word < 0) return false;
            ReadOnlySpan<byte> key = text.Slice(at, word);
            at += word;
            if (text[at] == ' ') continue;
            at++;
            if (at == text.Length) return false;
            if (text[at] == '\'' && key.SequenceEqual("msg"u8)) return TryFindBehindMessage(text, at, out end, out start);
            int close = Close(text, at);
            if (close < 0) return false;
            if (close > at)
            {
                at = close;
                if (at < text.Length && text[at] != ' ' && TryFindBehind(text, at, out start))
                {
                    end = at;
                    return true;
                }

                continue;
            }

            int length = text[at..].IndexOf((byte)' ');
            if (length < 0) length = text.Length - at;
            if (TryFindIn(text, at, length, out end, out start)) return true;
            at += length;
        }

        return false;
    }

    // Behind the closing mark of a value; where it begins when it has none, and -1 when it is cut off.
    private static int Close(ReadOnlySpan<byte> text, int at)
    {
        byte mark = text[at] switch { (byte)'"' => (byte)'"', (byte)'\'' => (byte)'\'', (byte)'(' => (byte)')', _ => (byte)0 };
        if (mark == 0) return at;
        int length = text[(at + 1)..].IndexOf(mark);
        return length < 0 ? -1 : at + length + 2;
    }

    private static bool TryFindBehind(ReadOnlySpan<byte> text, int at, out int start)
    {
        start = at;
        if (at < text.Length && text[at] == ' ') return IsAdded(text[++start..]);
        for (; start <= at + LongestEscape && start < text.Length && text[start] is not ((byte)' ' or (byte)'"' or (byte)'\''); start++)
        {
            if (IsAdded(text[start..])) return true;
        }

        return false;
    }

    // What a program sent may hold apostrophes, and so may names: it ends with the last one that what was added follows.
    private static bool TryFindBehindMessage(ReadOnlySpan<byte> text, int open, out int end, out int start)
    {
        end = start = 0;
        int last = text.Length;
        for (int i = 0; i < MaxApostrophes; i++)
        {
            last = text[..last].LastIndexOf((byte)'\'');
            if (last <= open) return false;
            if (!TryFindBehind(text, last + 1, out start)) continue;
            end = last + 1;
            return true;
        }

        return false;
    }

    // In a word such as 0#035OUID="root": a value that has no mark at its end.
    private static bool TryFindIn(ReadOnlySpan<byte> text, int at, int length, out int end, out int start)
    {
        end = start = 0;
        int equals = text.Slice(at, length).IndexOf((byte)'=');
        if (equals < 0) return false;
        foreach (byte[] key in Keys)
        {
            if (!text.Slice(at, equals).EndsWith(key)) continue;
            start = at + equals - key.Length;
            if (!IsAdded(text[start..])) return false;
            ReadOnlySpan<byte> value = text[at..start];
            int escape = ControlEscapes.SeparatorAtEnd(value);
            if (escape == 0 && value.Length > 0 && !char.IsAsciiLetterOrDigit((char)value[^1])) escape = 1;
            end = start - escape;
            return true;
        }

        return false;
    }

    // KEY=value KEY="value" KEY={ values }, up to the end of the text, where the last one may be cut off.
    private static bool IsAdded(ReadOnlySpan<byte> text)
    {
        if (!StartsWithKey(text)) return false;
        for (int i = 0; i < MaxKeys; i++)
        {
            int equals = 0;
            while (equals < text.Length && text[equals] is >= (byte)'A' and <= (byte)'Z' or (byte)'_' or (byte)'-') equals++;
            if (equals == text.Length) return true;
            if (equals == 0 || text[equals] != '=') return false;
            text = text[(equals + 1)..];
            if (text.IsEmpty) return true;
            byte close = text[0] switch { (byte)'"' => (byte)'"', (byte)'{' => (byte)'}', _ => (byte)' ' };
            int length = text[1..].IndexOf(close);
            if (length < 0) return true;
            text = text[(length + (close == ' ' ? 1 : 2))..];
            if (text.IsEmpty) return true;
            if (text[0] != ' ') return false;
            text = text[1..];
            if (text.IsEmpty) return true;
        }

        return false;
    }

    private static bool StartsWithKey(ReadOnlySpan<byte> text)
    {
        if (text.Length < 3 || text[0] is < (byte)'A' or > (byte)'Z') return false;
        foreach (byte[] key in Keys)
        {
            if (text.Length > key.Length && text[key.Length] == '=' && text.StartsWith(key)) return true;
        }

        return false;
    }

    // A server that escapes quotes escapes all else as well (template-escape of syslog-ng, JSON): the first quote of a record that is not
    // so follows a sign of equality.
    private static ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> text)
    {
        Span<byte> room = Room(text.Length);
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            byte b = text[i];
            if (b == '\\' && i + 1 < text.Length)
            {
                ReadOnlySpan<byte> rest = text[(i + 1)..];
                int used = Number(rest, out b);
                if (used == 0)
                {
                    used = 1;
                    b = rest[0] switch { (byte)'n' => (byte)'\n', (byte)'t' => (byte)'\t', (byte)'r' => (byte)'\r', _ => rest[0] };
                }

                i += used;
            }

            room[length++] = b;
        }

        return room[..length];
    }

    // 035, x1D or u001D behind a backslash: how long it is, 0 for none.
    private static int Number(ReadOnlySpan<byte> rest, out byte value)
    {
        value = 0;
        int prefix = rest[0] == 'x' ? 1 : rest.StartsWith("u00"u8) ? 3 : 0;
        int digits = prefix == 0 ? 3 : 2;
        if (rest.Length < prefix + digits) return 0;
        int number = 0;
        foreach (byte digit in rest.Slice(prefix, digits))
        {
            if (!char.IsAsciiHexDigit((char)digit) || (prefix == 0 && digit > (byte)'7')) return 0;
            number = number * (prefix == 0 ? 8 : 16) + (digit <= (byte)'9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }

        if (number > 255) return 0;
        value = (byte)number;
        return prefix + digits;
    }

    private static Span<byte> Room(int length)
    {
        byte[]? room = _room;
        if (room is null || room.Length < length || room.Length > KeptRoom) _room = room = new byte[Math.Max(length, 4096)];
        return room.AsSpan(0, length);
    }
}
