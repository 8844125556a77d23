using System.Globalization;
using System.Text;

namespace Streams.Queries.Tests.WholePath;

/// <summary>One record before it has a stamp.</summary>
/// <param name="Type">Its number.</param>
/// <param name="Name">Its name in a log.</param>
/// <param name="Text">What stands behind the stamp.</param>
internal sealed record HostileRecord(int Type, string Name, byte[] Text);

/// <summary>
/// Makes events as a hostile or odd host would: real ones with pieces of others, of impossible values and of random bytes, and events at
/// and around every limit of the program. The same seed makes the same events.
/// </summary>
internal sealed class HostileEvents(Random random, IReadOnlyList<HostileRecord[]> real)
{
    // The kernel's longest message (MAX_AUDIT_MESSAGE_LENGTH, include/uapi/linux/audit.h), and the longest that a block of the queue holds.
    private const int LongestOfKernel = 8970;

    private static readonly string[] Numbers =
    [
        "0", "-1", "1", "-2147483648", "2147483647", "2147483648", "4294967295", "4294967296", "-4294967295", "9223372036854775807",
        "-9223372036854775808", "9223372036854775808", "18446744073709551615", "18446744073709551616", "99999999999999999999999999", "0x7f",
        "7f", "ffffffffffffffff", "00000000000000000000000000000001", "1e9", "3.14", "+5", " 5", "٣", "",
    ];

    private static readonly string[] Keys =
    [
        "arch", "syscall", "success", "exit", "a0", "a1", "a2", "a3", "items", "ppid", "pid", "auid", "uid", "gid", "euid", "ses", "tty",
        "comm", "exe", "subj", "key", "argc", "item", "name", "inode", "dev", "mode", "ouid", "rdev", "nametype", "cwd", "proctitle", "saddr",
        "op", "acct", "addr", "hostname", "terminal", "res", "result", "opid", "ocomm", "sig", "cap_fp", "old-auid", "a1_len", "a1[0]", "fd0",
        "laddr", "lport", "path", "msg", "AUID", "SYSCALL", "SADDR", "family", "entries", "table", "data", "list", "old", "unit", "seresult",
    ];

    // Around what is compared, kept or cut somewhere: names of commands, pieces of arguments, texts, paths, datagrams, cached texts.
    private static readonly int[] Lengths =
    [
        0, 1, 2, 15, 16, 17, 63, 64, 65, 127, 128, 129, 255, 256, 257, 299, 300, 301, 511, 512, 513, 973, 974, 975, 1023, 1024, 1025, 2047,
        2048, 4094, 4095, 4096, 4097, 7499, 7500, 7501, 8191, 8192, 8193,
    ];

    private static readonly int[] Counts = [0, 1, 2, 3, 15, 16, 17, 63, 64, 65, 127, 128, 129, 255, 256, 257, 511, 512, 513];

    private static readonly byte[][] Oddities =
    [
        [0], [0x1D], [0x0A], [0x0D], [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x1B, .. "[2J"u8], [0x9B],
        [.. "\u202E"u8], [.. "\u2028"u8], "'"u8.ToArray(), "\""u8.ToArray(), " "u8.ToArray(), "="u8.ToArray(), "("u8.ToArray(),
        "(null)"u8.ToArray(), "?"u8.ToArray(), "#011"u8.ToArray(), "\\x0a"u8.ToArray(), "audit(1.001:1): "u8.ToArray(),
        " type=EXECVE msg=audit(1.0:1): "u8.ToArray(), "0A0000500000000000000000000000000000000000000001"u8.ToArray(),
        "0100"u8.ToArray(), "01002F"u8.ToArray(), "02000050"u8.ToArray(), "100000000000000000000000"u8.ToArray(), "FFFF"u8.ToArray(),
    ];

    /// <summary>The records of the next event.</summary>
    public List<HostileRecord> Next() => random.Next(100) switch
    {
        < 40 => [.. Real()],
        < 70 => Mutated(),
        < 80 => Spliced(),
        < 88 => Execution(),
        < 93 => Opened(),
        < 97 => Mutated(Execution()),
        _ => Random(),
    };

    /// <summary>An event that is as large as an event may be, and beyond.</summary>
    public List<HostileRecord> Large() => random.Next(4) switch
    {
        // 72 KB of arguments and a path of 974 bytes; and a command line as long as the kernel allows in one argument (MAX_ARG_STRLEN).
        0 => Execution(arguments: random.Next(70, 75), length: 1000, path: 974),
        1 => Execution(arguments: 1, length: 131_071, path: Pick(Lengths)),
        2 => Execution(arguments: random.Next(4000, 4200), length: 2, path: 20),
        _ => Opened(items: random.Next(2) == 0 ? 600 : random.Next(2000, 5000)),
    };

    private HostileRecord[] Real() => real[random.Next(real.Count)];

    private List<HostileRecord> Mutated() => Mutated([.. Real()]);

    private List<HostileRecord> Mutated(List<HostileRecord> records)
    {
        for (int changes = random.Next(1, 6); changes > 0 && records.Count > 0; changes--)
        {
            int at = random.Next(records.Count);
            switch (random.Next(10))
            {
                case 0: records.RemoveAt(at); break;
                case 1: records.Insert(random.Next(records.Count + 1), records[at]); break;
                case 2: (records[at], records[0]) = (records[0], records[at]); break;
                case 3: records.Insert(at, Pick(Real())); break;
                case 4: records[at] = records[at] with { Type = Pick(Pick(real)).Type }; break;
                default: records[at] = records[at] with { Text = Mutated(records[at].Text) }; break;
            }
        }

        return records;
    }

    private byte[] Mutated(byte[] text)
    {
        var changed = new List<byte>(text);
        for (int changes = random.Next(1, 8); changes > 0; changes--)
        {
            int at = random.Next(changed.Count + 1);
            switch (random.Next(8))
            {
                case 0: if (at < changed.Count) changed[at] = (byte)random.Next(256); break;
                case 1: changed.RemoveRange(at, Math.Min(random.Next(40), changed.Count - at)); break;
                case 2: changed.InsertRange(at, Pick(Oddities)); break;
                case 3: changed.InsertRange(at, Encoding.UTF8.GetBytes($" {Pick(Keys)}={Value()} ")); break;
                case 4: if (at < changed.Count) changed.RemoveRange(at, changed.Count - at); break;
                default: Replace(changed, at, Encoding.UTF8.GetBytes(Value())); break;
            }
        }

        if (changed.Count > LongestOfKernel && random.Next(20) != 0) changed.RemoveRange(LongestOfKernel, changed.Count - LongestOfKernel);
        return [.. changed];
    }

    // Another value for a key that is there.
    private static void Replace(List<byte> text, int at, byte[] value)
    {
        int equals = text.IndexOf((byte)'=', at);
        if (equals < 0) return;
        int end = text.IndexOf((byte)' ', equals);
        if (end < 0) end = text.Count;
        text.RemoveRange(equals + 1, end - equals - 1);
        text.InsertRange(equals + 1, value);
    }

    private string Value() => random.Next(8) switch
    {
        0 or 1 => Pick(Numbers),
        2 => $"\"{Letters(Pick(Lengths))}\"",
        3 => Hex(Pick(Lengths)),
        4 => Hex(random.Next(40)) + "F",
        5 => Convert.ToHexString(Pick(Oddities)),
        6 => $"\"{Encoding.Latin1.GetString(Pick(Oddities))}\"",
        _ => Letters(random.Next(40)),
    };

    private List<HostileRecord> Spliced()
    {
        List<HostileRecord> records = [];
        for (int parts = random.Next(2, 4); parts > 0; parts--)
        {
            HostileRecord[] of = Real();
            int from = random.Next(of.Length);
            records.AddRange(of.AsSpan(from, random.Next(1, of.Length - from + 1)));
        }

        return records;
    }

    private List<HostileRecord> Random()
    {
        List<HostileRecord> records = [];
        for (int count = random.Next(1, 5); count > 0; count--)
        {
            byte[] text = new byte[random.Next(4) == 0 ? Pick(Lengths) : random.Next(120)];
            random.NextBytes(text);
            int type = random.Next(2) == 0 ? random.Next(1100, 2100) : Pick(Real()).Type;
            records.Add(new HostileRecord(type, $"UNKNOWN[{type}]", text));
        }

        return records;
    }

    private List<HostileRecord> Execution() => Execution(
        random.Next(8) == 0 ? Pick(Counts) : random.Next(6), random.Next(10) == 0 ? Pick(Lengths) : random.Next(40),
        random.Next(4) == 0 ? Pick(Lengths) : random.Next(1, 60));

    // As audit_log_execve_info writes it (kernel/auditsc.c): pieces of at most 7,500 characters, in as many records as they need.
    private List<HostileRecord> Execution(int arguments, int length, int path)
    {
        string exe = "/tmp/" + Letters(path);
        List<HostileRecord> records =
        [
            Record(1300, "SYSCALL", Call("59", "0", 2, exe)),
        ];
        var text = new StringBuilder($"argc={(random.Next(20) == 0 ? Pick(Numbers) : arguments.ToString(CultureInfo.InvariantCulture))}");
        for (int i = 0; i < arguments; i++)
        {
            bool isHex = random.Next(3) == 0;
            string value = isHex ? Hex(length) : Letters(length);
            const int piece = 7500;
            if (value.Length > piece)
            {
                text.Append(CultureInfo.InvariantCulture, $" a{i}_len={value.Length}");
                for (int at = 0, part = 0; at < value.Length; at += piece, part++)
                {
                    Cut(records, text, piece);
                    string cut = value.Substring(at, Math.Min(piece, value.Length - at));
                    text.Append(CultureInfo.InvariantCulture, $" a{i}[{part}]={(isHex ? cut : $"\"{cut}\"")}");
                }

                continue;
            }

            Cut(records, text, value.Length);
            text.Append(CultureInfo.InvariantCulture, $" a{i}={(isHex ? value : $"\"{value}\"")}");
        }

        records.Add(Record(1309, "EXECVE", text.ToString()));
        records.Add(Record(1307, "CWD", "cwd=\"/tmp\""));
        records.Add(Record(1302, "PATH", PathText(0, exe, "NORMAL")));
        if (random.Next(3) > 0) records.Add(Record(1327, "PROCTITLE", $"proctitle={Hex(128)}"));
        if (random.Next(3) > 0) records.Add(Record(1320, "EOE", ""));
        return records;
    }

    private static void Cut(List<HostileRecord> records, StringBuilder text, int next)
    {
        if (text.Length + next < 7500 || text.Length == 0) return;
        records.Add(Record(1309, "EXECVE", text.ToString().TrimStart()));
        text.Clear();
    }

    private List<HostileRecord> Opened() => Opened(random.Next(8) == 0 ? Pick(Counts) : random.Next(5));

    private List<HostileRecord> Opened(int items)
    {
        List<HostileRecord> records = [Record(1300, "SYSCALL", Call("257", "3", items, "/usr/bin/x"))];
        records.Add(Record(1307, "CWD", $"cwd=\"/{Letters(Pick(Lengths))}\""));
        for (int i = 0; i < items; i++)
        {
            int place = random.Next(10) == 0 ? random.Next(-1, 70_000) : i;
            records.Add(Record(1302, "PATH", PathText(place, "/etc/" + Letters(random.Next(20)), random.Next(3) == 0 ? "PARENT" : "CREATE")));
        }

        return records;
    }

    private string Call(string call, string exit, int items, string exe) =>
        $"arch=c000003e syscall={call} success=yes exit={exit} a0={random.Next():x} a1={random.Next():x} a2=0 a3={random.Next():x}"
        + $" items={items} ppid={random.Next(1, 400)} pid={random.Next(1, 400)} auid=1000 uid={random.Next(3) * 1000} gid=0 euid=0 suid=0"
        + $" fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts0 ses=3 comm=\"x\" exe=\"{exe}\" subj=unconfined key=\"exec\"";

    private string PathText(int item, string name, string type) =>
        $"item={item} name=\"{name}\" inode={random.Next(1000)} dev=fe:01 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype={type} cap_fp=0";

    private static HostileRecord Record(int type, string name, string text) => new(type, name, Encoding.UTF8.GetBytes(text));

    private string Letters(int length) => new((char)('a' + random.Next(26)), length);

    private string Hex(int bytes) => string.Concat(Enumerable.Repeat(random.Next(16, 256).ToString("X2", CultureInfo.InvariantCulture), bytes));

    private T Pick<T>(IReadOnlyList<T> of) => of[random.Next(of.Count)];
}
