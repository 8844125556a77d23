using System.Buffers;
using Streams.Events.Tables;

namespace Streams.Audit;

/// <summary>
/// What syslog puts before a record: RFC 3164 and 5424, with or without priority, as rsyslog writes it to files and <c>journalctl</c>
/// prints it (short, short-precise, short-iso, short-full, short-unix, short-monotonic).
/// </summary>
internal static class SyslogHeader
{
    private static readonly SearchValues<byte> Seconds = SearchValues.Create(".0123456789"u8);

    /// <summary>Reads the header of a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="host">The host; empty when the header has none.</param>
    /// <param name="payload">The message, from the record on; empty when it does not begin with one.</param>
    /// <returns>Whether the line has such a header.</returns>
    public static bool TryRead(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> host, out ReadOnlySpan<byte> payload)
    {
        host = default;
        payload = default;
        ReadOnlySpan<byte> rest = line;
        bool priority = rest[0] == '<';
        if (priority)
        {
            int end = rest.IndexOf((byte)'>');
            if (end is < 2 or > 4) return false;
            rest = rest[(end + 1)..];
        }

        if (priority && rest.StartsWith("1 "u8)) return Structured(rest[2..], out host, out payload);
        if (!SkipStamp(ref rest)) return false;
        host = Token(ref rest);
        if (host.EndsWith(":"u8))
        {
            host = default;
        }
        else if (!SkipTag(ref rest))
        {
            return true;
        }

        payload = Payload(rest);
        return true;
    }

    // "audispd[7]: " or "audit: ", also without the space; or a word alone, as rsyslog's imfile writes the tag that it is given. What
    // another program logs has its own words before it.
    private static bool SkipTag(scoped ref ReadOnlySpan<byte> rest)
    {
        ReadOnlySpan<byte> tagged = rest;
        ReadOnlySpan<byte> tag = Token(ref tagged);
        if (BeginsRecord(tag)) return true;
        int colon = tag.IndexOf((byte)':');
        if (colon >= 0 && BeginsRecord(tag[(colon + 1)..]))
        {
            rest = rest[(colon + 1)..];
            return true;
        }

        if (!tag.EndsWith(":"u8) && !BeginsRecord(tagged)) return false;
        rest = tagged;
        return true;
    }

    // <PRI>1 TIMESTAMP HOST APP PROCID MSGID SD [BOM]MSG
    private static bool Structured(ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> host, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        Token(ref rest);
        host = Token(ref rest);
        if (host.SequenceEqual("-"u8)) host = default;
        Token(ref rest);
        Token(ref rest);
        Token(ref rest);
        if (rest.StartsWith("["u8))
        {
            bool quoted = false;
            int i = 0;
            for (; i < rest.Length; i++)
            {
                if (quoted && rest[i] == '\\') i++;
                else if (rest[i] == '"') quoted = !quoted;
                else if (!quoted && rest[i] == ' ' && rest[i - 1] == ']') break;
            }

            if (i >= rest.Length) return true;
            rest = rest[(i + 1)..];
        }
        else
        {
            Token(ref rest);
        }

        if (rest.StartsWith("\uFEFF"u8)) rest = rest[3..];
        payload = Payload(rest);
        return true;
    }

    // Mmm dd hh:mm:ss, or an ISO 8601 stamp.
    private static bool SkipStamp(scoped ref ReadOnlySpan<byte> rest)
    {
        if (rest.Length < 16) return false;
        if (char.IsAsciiDigit((char)rest[0]))
        {
            ReadOnlySpan<byte> stamp = Token(ref rest);
            return stamp.Length >= 19 && stamp[4] == '-' ? stamp[10] == 'T' && stamp[13] == ':' : IsSeconds(stamp);
        }

        if (rest[0] == '[')
        {
            int close = rest.IndexOf((byte)']');
            if (close is < 0 or > 24 || !IsSeconds(rest[1..close].TrimStart((byte)' '))) return false;
            rest = rest[(close + 1)..].TrimStart((byte)' ');
            return true;
        }

        // Fri 2026-01-02 03:04:05 CET
        if (rest.Length > 28 && rest[3] == ' ' && rest[8] == '-' && rest[11] == '-' && rest[14] == ' ' && rest[17] == ':'
            && rest[20] == ':')
        {
            rest = rest[15..];
            Token(ref rest);
            Token(ref rest);
            return true;
        }

        if (rest[3] != ' ' || rest[6] != ' ' || rest[9] != ':' || rest[12] != ':') return false;
        ReadOnlySpan<byte> fraction = rest[15..];
        rest = fraction;
        return fraction[0] is (byte)' ' or (byte)'.' && !Token(ref rest).ContainsAnyExcept(Seconds);
    }

    // Seconds with a fraction: 1767323045.678901, or 12.345678 since the start of the machine.
    private static bool IsSeconds(ReadOnlySpan<byte> text) =>
        text.Length >= 8 && text.Contains((byte)'.') && !text.ContainsAnyExcept(Seconds);

    private static ReadOnlySpan<byte> Token(scoped ref ReadOnlySpan<byte> rest)
    {
        int space = rest.IndexOf((byte)' ');
        ReadOnlySpan<byte> token = space < 0 ? rest : rest[..space];
        rest = space < 0 ? default : rest[(space + 1)..];
        return token;
    }

    private static ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> rest)
    {
        rest = rest.TrimStart((byte)' ');
        for (int escape; (escape = ControlEscapes.OtherAtStart(rest)) > 0;) rest = rest[escape..].TrimStart((byte)' ');

        // The kernel's own log: [   12.345678] audit: type=1400 audit(…)
        if (rest.StartsWith("["u8) && rest.IndexOf("] "u8) is > 0 and < 24 and int end) rest = rest[(end + 2)..];
        if (rest.StartsWith("audit: "u8)) rest = rest["audit: ".Length..];
        return BeginsRecord(rest) ? rest : default;
    }

    private static bool BeginsRecord(ReadOnlySpan<byte> text) => text.StartsWith("type="u8) || text.StartsWith("node="u8);
}
