using System.Text.Unicode;
using Streams.Events.Tables;

namespace Streams.Audit;

/// <summary>What <see cref="LineParser.Next"/> found.</summary>
public enum LineOutcome : byte
{
    /// <summary>No more in this line.</summary>
    End,

    /// <summary>A record.</summary>
    Record,

    /// <summary>Something that is no record, see <see cref="LineParser.Bad"/>; more may follow in the line.</summary>
    Bad,
}

/// <summary>
/// Reads the records of one line of an audit log: RAW and ENRICHED lines of auditd, with <c>node=</c> before them, in lines of syslog
/// (RFC 3164 and 5424), what <c>ausearch --raw</c> prints, the kernel's own log, messages of the journal. Allocates nothing. A record's
/// spans are valid until the next one is read.
/// </summary>
public ref struct LineParser
{
    // The longest host name that DNS and Linux allow is shorter.
    private const int MaxNode = 255;

    // 9999-12-31T23:59:59Z, the last second that a DateTimeOffset can hold.
    private const long MaxSeconds = 253_402_300_799;

    private ReadOnlySpan<byte> _rest;
    private ReadOnlySpan<byte> _host;
    private bool _started;
    private bool _isForwarded;

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line without its line feed.</param>
    public LineParser(ReadOnlySpan<byte> line)
    {
        if (!line.IsEmpty && line[^1] == '\r') line = line[..^1];
        _rest = line;
    }

    /// <summary>
    /// What was wrong, after <see cref="LineOutcome.Bad"/>; or <see cref="BadLineKind.UnknownType"/> after a record of such a type.
    /// </summary>
    public BadLineKind Bad { get; private set; }

    /// <summary>Reads the next record: most lines have one; a lost line feed makes it several.</summary>
    public LineOutcome Next(out LogRecord record)
    {
        if (_rest.IsEmpty)
        {
            record = default;
            return LineOutcome.End;
        }

        if (_rest.StartsWith("type="u8)) return Record(default, _rest, out record);
        return Unusual(out record);
    }

    private LineOutcome Record(ReadOnlySpan<byte> node, ReadOnlySpan<byte> line, out LogRecord record)
    {
        _started = true;
        ReadOnlySpan<byte> rest = line[5..];
        int space = rest.IndexOf((byte)' ');
        if (space < 0) return Fail(line.Length, BadLineKind.BadStamp, out record);
        ReadOnlySpan<byte> name = rest[..space];
        rest = rest[(space + 1)..];
        if (name.IsEmpty) return Fail(line.Length, BadLineKind.NoType, out record);
        return Stamped(node, name, rest, out record);
    }

    private LineOutcome Stamped(ReadOnlySpan<byte> node, ReadOnlySpan<byte> name, ReadOnlySpan<byte> rest, out LogRecord record)
    {
        _started = true;
        if (rest.StartsWith("msg="u8)) rest = rest[4..];
        if (!rest.StartsWith("audit("u8)) return Fail(_rest.Length, BadLineKind.BadStamp, out record);
        rest = rest[6..];

        int i = 0;
        long time = 0;
        while ((uint)i < (uint)rest.Length && (uint)(rest[i] - '0') <= 9 && i < 13) time = time * 10 + (rest[i++] - '0');
        bool good = i is > 0 and <= 12 && time <= MaxSeconds;
        time *= 1000;
        if ((uint)i < (uint)rest.Length && rest[i] == '.')
        {
            i++;
            // The kernel writes three digits; fewer come from programs that print a fraction. More than three are cut.
            int weight = 100;
            for (; (uint)i < (uint)rest.Length && (uint)(rest[i] - '0') <= 9; i++, weight /= 10) time += (rest[i] - '0') * weight;
        }

        good &= (uint)i < (uint)rest.Length && rest[i] == ':';
        int digits = ++i;
        ulong serial = 0;
        while ((uint)i < (uint)rest.Length && (uint)(rest[i] - '0') <= 9 && i - digits < 11) serial = serial * 10 + (uint)(rest[i++] - '0');
        good &= i > digits && serial <= uint.MaxValue && (uint)i < (uint)rest.Length && rest[i] == ')';
        if (!good) return Fail(_rest.Length, IsInterpreted(rest) ? BadLineKind.Interpreted : BadLineKind.BadStamp, out record);

        i++;
        if ((uint)i < (uint)rest.Length && rest[i] == ':') i++;
        if ((uint)i < (uint)rest.Length && rest[i] == ' ') i++;
        ReadOnlySpan<byte> text = rest[i..];
        Bad = RecordTypes.TryParse(name, out RecordType type) ? BadLineKind.None : BadLineKind.UnknownType;
        int next = Joined(text, type);
        if (next < 0)
        {
            _rest = default;
        }
        else
        {
            _rest = text[next..];
            text = text[..next];
            if (!text.IsEmpty && text[^1] == ' ') text = text[..^1];
        }

        text = ForwardedRecord.Restore(text.TrimEnd((byte)0), type, _isForwarded);
        record = new LogRecord { Node = node.IsEmpty ? _host : node, Type = type, Time = time, Serial = (uint)serial, Text = text };
        return LineOutcome.Record;
    }

    private LineOutcome Fail(int length, BadLineKind kind, out LogRecord record)
    {
        // What is wrong with this record need not be wrong with one behind it in the same line. But ausearch -i has decoded what
        // others wrote: what looks like a record there may be theirs.
        ReadOnlySpan<byte> line = _rest[..length];
        int next = kind != BadLineKind.Interpreted && line.Length > 6 ? FindRecord(line[6..]) : -1;
        _rest = next < 0 ? default : line[(next + 6)..];
        Bad = kind;
        record = default;
        return LineOutcome.Bad;
    }

    /// <summary>Where the next record begins in the text of one, when a line feed was lost between them; -1 when none does.</summary>
    private static int Joined(ReadOnlySpan<byte> text, RecordType type)
    {
        if (text.IndexOf("audit("u8) < 0) return -1;
        int next = FindRecord(text);
        if (next < 0) return -1;

        // The kernel writes foreign strings that hold a space in hex, so what looks like a record in its text is one. Programs may
        // have put foreign text between apostrophes: a record cannot begin there.
        bool byProgram = type == RecordType.None || RecordClasses.Of(type) == RecordClass.Single;
        return byProgram && (text[..next].Count((byte)'\'') & 1) != 0 ? -1 : next;
    }

    /// <summary>The beginning of the first <c>[node=NAME ]type=NAME [msg=]audit(</c>; -1 when there is none.</summary>
    private static int FindRecord(ReadOnlySpan<byte> text)
    {
        for (int from = 0; ;)
        {
            int found = text[from..].IndexOf("audit("u8);
            if (found < 0) return -1;
            int at = from + found;
            from = at + 6;
            ReadOnlySpan<byte> before = text[..at];
            if (before.EndsWith("msg="u8)) before = before[..^4];
            if (before.IsEmpty || before[^1] != ' ') continue;
            before = before[..^1];
            int name = before.Length;
            while (name > 0 && IsNameByte(before[name - 1])) name--;
            if (name == before.Length || !before[..name].EndsWith("type="u8)) continue;
            before = before[..(name - 5)];
            int start = before.Length;
            if (start == 0 || before[^1] != ' ') return start;
            ReadOnlySpan<byte> token = before[..^1];
            token = token[(token.LastIndexOf((byte)' ') + 1)..];
            return token.StartsWith("node="u8) ? start - 1 - token.Length : start;
        }
    }

    private static bool IsNameByte(byte b) =>
        b is >= (byte)'A' and <= (byte)'Z' or >= (byte)'0' and <= (byte)'9' or (byte)'_' or (byte)'[' or (byte)']';

    // ausearch -i: audit(01/02/2026 03:04:05.678:42), in the order of day and month that the locale has.
    private static bool IsInterpreted(ReadOnlySpan<byte> rest)
    {
        // No longer than any locale writes it: a line may have a million stamps that are cut off, each with the same ) far behind it.
        int end = rest[..Math.Min(rest.Length, 100)].IndexOf((byte)')');
        if (end < 0) return false;
        ReadOnlySpan<byte> stamp = rest[..end];
        return stamp.Length > 12 && char.IsAsciiDigit((char)stamp[0]) && stamp.Contains((byte)' ') && stamp.Count((byte)':') >= 2;
    }

    /// <summary>A line, or the rest of one, that does not begin with a record's type.</summary>
    private LineOutcome Unusual(out LogRecord record)
    {
        record = default;
        ReadOnlySpan<byte> line = _rest;

        // Editors put it at the beginning of a file, and rotation such a file behind others.
        if (!_started && line.StartsWith("\uFEFF"u8)) line = line[3..];
        line = line.TrimStart(" \t"u8);
        if (!_started)
        {
            if (line.IsEmpty || IsSeparator(line))
            {
                _rest = default;
                return LineOutcome.End;
            }

            if (SyslogHeader.TryRead(line, out ReadOnlySpan<byte> host, out ReadOnlySpan<byte> payload))
            {
                _isForwarded = true;
                _host = host.Length <= MaxNode ? host : default;
                if (payload.IsEmpty)
                {
                    _rest = default;
                    Bad = JournalText.IsBlob(line) ? BadLineKind.Blob : BadLineKind.NotARecord;
                    return LineOutcome.Bad;
                }

                line = payload;
            }
            else
            {
                line = JournalText.Message(line);
            }
        }

        _rest = line;
        if (line.StartsWith("node="u8))
        {
            int space = line.IndexOf((byte)' ');
            if (space is > 5 and <= 5 + MaxNode && line[(space + 1)..].StartsWith("type="u8))
                return Record(line[5..space], Skip(space + 1), out record);
        }

        if (line.StartsWith("type="u8)) return Record(default, line, out record);

        // A name cut off at the front: the stamp still says where the record belongs.
        int name = 0;
        while (name < line.Length && IsNameByte(line[name])) name++;
        if (name > 0 && (line[name..].StartsWith(" msg=audit("u8) || line[name..].StartsWith(" audit("u8)))
            return Stamped(default, line[..name], line[(name + 1)..], out record);
        if (line.StartsWith("msg=audit("u8) || line.StartsWith("audit("u8)) return Fail(line.Length, BadLineKind.NoType, out record);

        // Only bytes that are no text are skipped in search of a record: after them a writer was cut off. A record within a text is
        // what the writer of the text says, not the kernel.
        int next = FindRecord(line);
        ReadOnlySpan<byte> skipped = next < 0 ? line : line[..next];
        bool garbage = skipped.ContainsAnyInRange((byte)0, (byte)8) || skipped.ContainsAnyInRange((byte)14, (byte)31)
            || !Utf8.IsValid(skipped);
        _rest = garbage && next > 0 ? line[next..] : default;
        Bad = garbage ? BadLineKind.Garbage : BadLineKind.NotARecord;
        return LineOutcome.Bad;
    }

    private ReadOnlySpan<byte> Skip(int count) => _rest = _rest[count..];

    // ausearch puts these between the events.
    private static bool IsSeparator(ReadOnlySpan<byte> line) => line.SequenceEqual("----"u8) || line.StartsWith("time->"u8);
}
