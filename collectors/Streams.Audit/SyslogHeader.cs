namespace Streams.Audit;

/// <summary>What syslog puts before a record: RFC 3164 and 5424, with or without priority, and as rsyslog writes it to files.</summary>
internal static class SyslogHeader
{
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
        else
        {
            int tag = rest.IndexOf(": "u8);
            if (tag < 0 || rest[..tag].Contains((byte)' ')) return true;
            rest = rest[(tag + 2)..];
        }

        payload = Payload(rest);
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
            return stamp.Length >= 19 && stamp[4] == '-' && stamp[10] == 'T' && stamp[13] == ':';
        }

        if (rest[3] != ' ' || rest[6] != ' ' || rest[9] != ':' || rest[12] != ':' || rest[15] != ' ') return false;
        rest = rest[16..];
        return true;
    }

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

        // The kernel's own log: [   12.345678] audit: type=1400 audit(…)
        if (rest.StartsWith("["u8) && rest.IndexOf("] "u8) is > 0 and < 24 and int end) rest = rest[(end + 2)..];
        if (rest.StartsWith("audit: "u8)) rest = rest["audit: ".Length..];
        return rest.StartsWith("type="u8) || rest.StartsWith("node="u8) ? rest : default;
    }
}
